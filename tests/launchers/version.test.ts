import { expect, test } from 'vitest';
import {
  compareVersions,
  extraRequirements,
  parseRequirement,
  satisfies,
} from '../../scripts/lib/tensorflow/version.mjs';

test('compares number by number', () => {
  expect(compareVersions('12.10', '12.9.3')).toBeGreaterThan(0);
  expect(compareVersions('12', '12.0.0')).toBe(0);
  expect(compareVersions('9.9', '10')).toBeLessThan(0);
});

test.each([
  ['12.5.3.2', true],
  ['12.9', true],
  ['12.5.3.1', false],
  ['13.0', false],
  ['12.9rc1', false],
  ['12.9+local', false],
])('%s meets <13.0,>=12.5.3.2: %s', (version, expected) => {
  const { clauses } = parseRequirement('x<13.0,>=12.5.3.2');
  expect(satisfies(version, clauses)).toBe(expected);
});

test('knows every operator', () => {
  const meets = (version: string, condition: string) =>
    satisfies(version, parseRequirement(`x${condition}`).clauses);
  expect([meets('1', '==1.0'), meets('1', '!=1.0'), meets('2', '!=1.0')]).toEqual([
    true,
    false,
    true,
  ]);
  expect([meets('1', '<=1'), meets('1', '<1'), meets('1', '>1')]).toEqual([true, false, false]);
});

test('takes the requirements of one extra from METADATA', () => {
  const metadata = [
    'Name: tensorflow',
    'Requires-Dist: numpy>=1.26.0',
    'Provides-Extra: and-cuda',
    'Requires-Dist: nvidia-cublas-cu12<13.0,>=12.5.3.2; extra == "and-cuda"',
    "Requires-Dist: nvidia-nccl-cu12 (<3.0,>=2.27.7) ; extra == 'and-cuda'",
    'Requires-Dist: other>=1; (sys_platform != "win32") and extra == "gcs-filesystem"',
    '',
  ].join('\r\n');
  const found = extraRequirements(metadata, 'and-cuda');
  expect(found.map(({ text }) => text)).toEqual([
    'nvidia-cublas-cu12<13.0,>=12.5.3.2',
    'nvidia-nccl-cu12<3.0,>=2.27.7',
  ]);
});

test('refuses what it does not understand', () => {
  expect(() => parseRequirement('x~=1.4')).toThrow('not understood');
  expect(() => parseRequirement('x @ https://example.org/x.whl')).toThrow('not understood');
  expect(() => parseRequirement('>=1.4')).toThrow('No requirement');
});
