/** The TensorFlow whose libraries are used. Its wheels carry them for every platform alike. */
export const TENSORFLOW_VERSION = '2.21.0';

/** @typedef {'cpu' | 'gpu'} Variant */

/**
 * A machine that wheels can be chosen for.
 *
 * @typedef {object} Machine
 * @property {string} platform as `process.platform`
 * @property {string} arch as `process.arch`
 * @property {string | undefined} glibc version of the C library, where it is glibc
 */

/**
 * The wheel that holds TensorFlow for a machine, and what its libraries are called.
 *
 * @typedef {object} Target
 * @property {string} name the package
 * @property {string} version
 * @property {Variant} variant
 * @property {string[]} platforms platform tags that the machine can run, best first
 * @property {string[]} libraries file names of TensorFlow's two libraries
 */

/**
 * This machine.
 *
 * @returns {Machine}
 */
export function thisMachine() {
  const report = /** @type {{ header: Record<string, string> }} */ (
    /** @type {unknown} */ (process.report.getReport())
  );
  return {
    platform: process.platform,
    arch: process.arch,
    glibc: report.header.glibcVersionRuntime,
  };
}

/**
 * Finds the wheel for a machine, or says why there is none.
 *
 * @param {Machine} machine
 * @param {Variant} variant `gpu` is for Linux on x86-64 alone
 * @returns {Target | { unsupported: string }}
 */
export function wheelTarget(machine, variant) {
  const { platform, arch } = machine;
  const common = { version: TENSORFLOW_VERSION, variant };
  if (platform === 'darwin' && arch === 'arm64' && variant === 'cpu') {
    return {
      ...common,
      name: 'tensorflow',
      platforms: ['macosx_12_0_arm64'],
      libraries: ['libtensorflow_framework.2.dylib', 'libtensorflow_cc.2.dylib'],
    };
  }
  const cpu = { x64: 'x86_64', arm64: 'aarch64' }[arch];
  if (platform !== 'linux' || cpu === undefined || (variant === 'gpu' && arch !== 'x64')) {
    return {
      unsupported: `TensorFlow ${TENSORFLOW_VERSION} has no libraries for ${platform} ${arch}`,
    };
  }
  const minor = glibcMinor(machine.glibc);
  if (minor < 27) {
    const found = machine.glibc ? `glibc ${machine.glibc}` : 'another C library';
    return { unsupported: `TensorFlow needs glibc 2.27 or later, and this system has ${found}` };
  }
  return {
    ...common,
    name: variant === 'cpu' && arch === 'x64' ? 'tensorflow-cpu' : 'tensorflow',
    platforms: linuxTags(minor, cpu),
    libraries: ['libtensorflow_framework.so.2', 'libtensorflow_cc.so.2'],
  };
}

/**
 * Minor version of a glibc 2; 0 for anything else.
 *
 * @param {string | undefined} version
 */
function glibcMinor(version) {
  return Number(version?.match(/^2\.(\d+)/)?.[1] ?? 0);
}

/**
 * The platform tags of wheels that run with glibc 2.`minor`, newest first.
 *
 * @param {number} minor
 * @param {string} cpu
 */
function linuxTags(minor, cpu) {
  const tags = [];
  for (let m = minor; m >= 5; m--) {
    tags.push(`manylinux_2_${m}_${cpu}`);
    if (m === 17) tags.push(`manylinux2014_${cpu}`);
    if (m === 12) tags.push(`manylinux2010_${cpu}`);
    if (m === 5) tags.push(`manylinux1_${cpu}`);
  }
  return tags;
}
