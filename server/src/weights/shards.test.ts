import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LoupeError } from '@loupe/shared';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { SafetensorsFile } from './safetensors.ts';
import { openShards } from './shards.ts';
import type { TensorFile } from './tensor-file.ts';
import { writeSafetensors } from './write-safetensors.ts';

const FILES = { a: 'model-1.safetensors', b: 'model-1.safetensors', c: 'model-2.safetensors' };

let folder: string;
let opened: TensorFile[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'loupe-shards-'));
  opened = [];
  const tensor = (value: number) =>
    ({ dtype: 'F32', shape: [1], data: Float32Array.of(value) }) as const;
  const write = (name: string, bytes: Uint8Array) => writeFileSync(join(folder, name), bytes);
  write('model-1.safetensors', writeSafetensors({ a: tensor(1), b: tensor(2) }));
  write('model-2.safetensors', writeSafetensors({ c: tensor(3) }));
});
afterEach(() => rmSync(folder, { recursive: true }));

function open(index: unknown): TensorFile {
  const path = join(folder, 'index.json');
  writeFileSync(path, JSON.stringify(index));
  return openShards(path, (shard) => {
    const file = SafetensorsFile.open(shard);
    opened.push(file);
    return file;
  });
}

test('several files read as one, each opened once', () => {
  const file = open({ metadata: { total_size: 12 }, weight_map: FILES });
  expect(file.names).toEqual(['a', 'b', 'c']);
  expect(file.names.map((name) => file.readFloat32(name)[0])).toEqual([1, 2, 3]);
  expect(file.info('c')).toEqual({ dtype: 'F32', shape: [1] });
  expect(file.has('d')).toBe(false);
  expect(() => file.info('d')).toThrow('"d"');
  expect(opened).toHaveLength(2);
  file.close();
  expect(() => file.readFloat32('a')).toThrow('closed');
});

test.each<[string, unknown]>([
  ['no object', []],
  ['no map', { weight_map: null }],
  ['a file elsewhere', { weight_map: { ...FILES, d: '../model-1.safetensors' } }],
  ['an absolute path', { weight_map: { ...FILES, d: '/etc/passwd' } }],
  ['a folder of its own', { weight_map: { ...FILES, d: '..' } }],
  ['no file name', { weight_map: { ...FILES, d: 3 } }],
  ['a file that is missing', { weight_map: { ...FILES, d: 'model-3.safetensors' } }],
  ['a tensor in the wrong file', { weight_map: { ...FILES, a: 'model-2.safetensors' } }],
  [
    'files without end',
    { weight_map: Object.fromEntries(Array.from({ length: 300 }, (_, i) => [i, `m${i}`])) },
  ],
])('an index with %s is refused, and nothing stays open', (_, index) => {
  expect(() => open(index)).toThrowError(expect.objectContaining({ code: 'LOUPE_BAD_FILE' }));
  for (const file of opened) {
    const name = file.names[0] as string;
    expect(() => file.readFloat32(name)).toThrow(LoupeError);
  }
});
