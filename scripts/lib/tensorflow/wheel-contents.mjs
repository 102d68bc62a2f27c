/** The headers that the binding includes, directly or not, lie in these folders. */
const HEADER_FOLDERS = [
  'tensorflow/include/tensorflow/c/',
  'tensorflow/include/tensorflow/core/platform/',
  'tensorflow/include/tsl/platform/',
  'tensorflow/include/xla/tsl/c/',
];

/**
 * Picks TensorFlow's two libraries and the headers needed from its wheel.
 *
 * @param {import('./target.mjs').Target} target
 * @returns {(name: string) => boolean}
 */
export function tensorflowFiles(target) {
  const libraries = new Set(target.libraries.map((name) => `tensorflow/${name}`));
  return (name) =>
    libraries.has(name) ||
    (name.endsWith('.h') && HEADER_FOLDERS.some((folder) => name.startsWith(folder)));
}

/**
 * Picks the shared libraries of one of NVIDIA's wheels. They look for each other, and TensorFlow for
 * them, relative to where they lie, so that the paths inside the wheels must stay.
 *
 * @param {string} name
 */
export function nvidiaLibraries(name) {
  return /^nvidia\/.*\.so(\.\d+)*$/.test(name);
}

/**
 * Picks the wheel's METADATA.
 *
 * @param {string} name
 */
export function metadataFile(name) {
  return /^[^/]+\.dist-info\/METADATA$/.test(name);
}
