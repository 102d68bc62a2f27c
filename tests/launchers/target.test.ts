import { expect, test } from 'vitest';
import { wantedVariants } from '../../scripts/lib/tensorflow/nvidia-gpu.mjs';
import { thisMachine, wheelTarget } from '../../scripts/lib/tensorflow/target.mjs';

const linux = { platform: 'linux', arch: 'x64', glibc: '2.36' };

test('names the wheel and libraries of each platform that has them', () => {
  expect(wheelTarget(linux, 'cpu')).toMatchObject({
    name: 'tensorflow-cpu',
    libraries: ['libtensorflow_framework.so.2', 'libtensorflow_cc.so.2'],
  });
  expect(wheelTarget(linux, 'gpu')).toMatchObject({ name: 'tensorflow', variant: 'gpu' });
  expect(wheelTarget({ ...linux, arch: 'arm64' }, 'cpu')).toMatchObject({ name: 'tensorflow' });
  const mac = { platform: 'darwin', arch: 'arm64', glibc: undefined };
  expect(wheelTarget(mac, 'cpu')).toMatchObject({
    name: 'tensorflow',
    platforms: ['macosx_12_0_arm64'],
    libraries: ['libtensorflow_framework.2.dylib', 'libtensorflow_cc.2.dylib'],
  });
});

test.each([
  ['Windows', { platform: 'win32', arch: 'x64', glibc: undefined }, 'win32'],
  ['an Intel Mac', { platform: 'darwin', arch: 'x64', glibc: undefined }, 'darwin'],
  ['a Linux with musl', { ...linux, glibc: undefined }, 'another C library'],
  ['an old Linux', { ...linux, glibc: '2.17' }, 'glibc 2.17'],
  ['32-bit ARM', { ...linux, arch: 'arm' }, 'linux arm'],
])('says why there is none for %s', (_, machine, reason) => {
  const target = wheelTarget(machine, 'cpu');
  expect('unsupported' in target && target.unsupported).toContain(reason);
});

test('there is no GPU build for ARM', () => {
  expect(wheelTarget({ ...linux, arch: 'arm64' }, 'gpu')).toHaveProperty('unsupported');
});

test('accepts wheels for the C library at hand and older ones, not newer ones', () => {
  const target = wheelTarget(linux, 'gpu');
  const tags = 'platforms' in target ? target.platforms : [];
  expect(tags[0]).toBe('manylinux_2_36_x86_64');
  expect(tags).toContain('manylinux2014_x86_64');
  expect(tags).toContain('manylinux1_x86_64');
  expect(tags).not.toContain('manylinux_2_37_x86_64');
});

test('describes the machine that it runs on', () => {
  expect(thisMachine()).toMatchObject({ platform: process.platform, arch: process.arch });
});

test('the build is the one that fits the machine, or the one asked for', () => {
  expect(wantedVariants(undefined, {})).toEqual(['cpu']);
  expect(wantedVariants('NVIDIA H200', {})).toEqual(['gpu', 'cpu']);
  expect(wantedVariants(undefined, { LOUPE_TENSORFLOW: 'gpu' })).toEqual(['gpu']);
  expect(wantedVariants('NVIDIA H200', { LOUPE_TENSORFLOW: 'cpu' })).toEqual(['cpu']);
  expect(() => wantedVariants(undefined, { LOUPE_TENSORFLOW: 'tpu' })).toThrow('"tpu". Set it');
});
