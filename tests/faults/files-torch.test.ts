import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { LoupeError } from '@loupe/shared';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { isNumberDtype } from '../../server/src/weights/dtypes.ts';
import { OP } from '../../server/src/weights/pytorch/opcodes.ts';
import { TorchFile } from '../../server/src/weights/pytorch/torch-file.ts';
import { makeZip, type ZipFile } from '../launchers/make-zip.ts';
import { mutated, outcome } from './files-mutations.ts';
import {
  bytes,
  call,
  dict,
  global,
  integer,
  pickle,
  storage,
  tensor,
  text,
  tuple,
} from './pickle-bytes.ts';
import { FOUR, legacyForm, zipFiles, zipForm } from './torch-bytes.ts';

fc.configureGlobal({ seed: 20 });

let folder: string;
let path: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'loupe-faults-'));
  path = join(folder, 'weights.pt');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Written by torch.save itself. */
function saved(name: string): Buffer {
  return readFileSync(fileURLToPath(new URL(`../golden/torch-files/${name}.pt`, import.meta.url)));
}

/** Opens a file with these bytes and reads all that can be read of it. */
function readAll(content: Uint8Array): string {
  writeFileSync(path, content);
  return outcome(() => {
    const file = TorchFile.open(path);
    try {
      for (const name of file.names) {
        const { dtype, shape } = file.info(name);
        if (!isNumberDtype(dtype)) continue;
        const elements = shape.reduce((product, length) => product * length, 1);
        expect(file.readFloat32(name)).toHaveLength(elements);
      }
    } finally {
      file.close();
    }
  });
}

function message(content: Uint8Array): string {
  writeFileSync(path, content);
  try {
    TorchFile.open(path).close();
  } catch (error) {
    if (error instanceof LoupeError) return error.message;
    throw error;
  }
  return 'nothing was refused';
}

const W = pickle(dict({ w: tensor() }));

test('the sound files read', () => {
  for (const file of [zipForm(W), legacyForm(W), saved('published'), saved('published-legacy')]) {
    expect(readAll(file)).toBe('fine');
  }
  expect(readAll(makeZip(zipFiles(W)))).toBe('fine');
  expect(readAll(makeZip(zipFiles(W).map((file) => ({ ...file, large: true }))))).toBe('fine');
});

test.each(['published', 'published-legacy'])('%s cut at any length is refused', (name) => {
  const sound = saved(name);
  for (let length = 0; length < sound.length; length++) {
    expect(readAll(sound.subarray(0, length)), `cut at ${length}`).toBe('LOUPE_BAD_FILE');
  }
});

test.each(['published', 'published-legacy'])('%s continued by any bytes is refused', (name) => {
  for (const extra of [1, 22, 1000]) {
    expect(readAll(bytes(saved(name), Buffer.alloc(extra)))).toBe('LOUPE_BAD_FILE');
  }
});

test.each(['published', 'published-legacy', 'views', 'settings-5'])(
  'any edit of %s ends in a refusal or a sound read',
  (name) => {
    const sound = saved(name);
    const seen = new Map<string, number>();
    const byte = fc.tuple(fc.nat(sound.length - 1), fc.nat(255)).map(([at, value]) => {
      const edited = Uint8Array.from(sound);
      edited[at] = value;
      return edited;
    });
    fc.assert(
      fc.property(fc.oneof(byte, mutated(sound)), (content) => {
        const result = readAll(content);
        seen.set(result, (seen.get(result) ?? 0) + 1);
      }),
      { numRuns: 1500 },
    );
    expect(seen.get('fine')).toBeGreaterThan(100);
    expect(seen.get('LOUPE_BAD_FILE')).toBeGreaterThan(100);
    const others = ['fine', 'LOUPE_BAD_FILE', 'LOUPE_UNSAFE_FILE'];
    expect(others).toEqual(expect.arrayContaining([...seen.keys()]));
  },
);

test('any bytes end in a refusal', () => {
  const begin = fc.constantFrom('', 'PK\x03\x04', '\x80\x02', '\x80\x02\x8a\x0a');
  fc.assert(
    fc.property(begin, fc.uint8Array({ maxLength: 300 }), (head, rest) => {
      const code = readAll(bytes(Buffer.from(head, 'latin1'), rest));
      expect(['LOUPE_BAD_FILE', 'LOUPE_UNSAFE_FILE']).toContain(code);
    }),
    { numRuns: 1500 },
  );
});

const HUGE = 2n ** 62n;

test.each<[string, Parameters<typeof tensor>[0]]>([
  ['more elements than its storage', { shape: [5] }],
  ['a length below zero', { shape: [-4] }],
  ['a huge length', { shape: [HUGE] }],
  ['a length that is one less than 2^53', { shape: [2 ** 53 - 1] }],
  ['a huge length beside none', { shape: [0, HUGE], strides: [1, 1] }],
  ['lengths whose product is huge', { shape: [2 ** 31, 2 ** 31], strides: [0, 0] }],
  ['a step below zero', { shape: [2], strides: [-1] }],
  ['a huge step', { shape: [2], strides: [HUGE] }],
  ['a step that leads out', { shape: [2, 2], strides: [2, 2] }],
  ['an offset below zero', { shape: [1], offset: -1 }],
  ['a huge offset', { shape: [1], offset: HUGE }],
  ['an offset that leads out', { shape: [2], offset: 3 }],
  ['an offset behind its end', { shape: [], strides: [], offset: 4 }],
  ['fewer steps than axes', { shape: [2, 2], strides: [1] }],
  ['sixty-five axes', { shape: Array(65).fill(1), strides: Array(65).fill(1) }],
  ['no storage', { storage: OP.NONE }],
  ['a storage that is not in the file', { storage: storage('1', 4) }],
  ['a storage called like something else', { storage: storage('../byteorder', 1), shape: [1] }],
  ['a storage that says it is longer', { storage: storage('0', 5), shape: [5] }],
  ['a storage that says it is huge', { storage: storage('0', 2 ** 52), shape: [2 ** 40] }],
])('a tensor with %s is refused', (_, parts) => {
  const root = pickle(dict({ w: tensor(parts) }));
  expect(readAll(zipForm(root))).toBe('LOUPE_BAD_FILE');
  expect(readAll(legacyForm(root))).toBe('LOUPE_BAD_FILE');
});

test('a tensor that repeats a number more often than memory has room is refused when it is read', () => {
  writeFileSync(path, zipForm(pickle(tensor({ shape: [2 ** 15, 2 ** 15], strides: [0, 0] }))));
  const file = TorchFile.open(path);
  expect(file.info('tensor').shape).toEqual([2 ** 15, 2 ** 15]);
  expect(outcome(() => file.readFloat32('tensor'))).toBe('LOUPE_BAD_FILE');
  expect([...file.readRows('tensor', 7, 8).slice(0, 3)]).toEqual([1, 1, 1]);
  file.close();
});

test('views that overlap over a large part of the file are refused when they are read', () => {
  const length = 2 ** 23;
  const big = storage('0', length);
  const steps = { shape: [2, 2 ** 20], strides: [7, 7] };
  const root = pickle(tensor({ storage: big, ...steps }));
  writeFileSync(path, legacyForm(root, { 0: Buffer.alloc(4 * length) }));
  const file = TorchFile.open(path);
  expect(outcome(() => file.readFloat32('tensor'))).toBe('LOUPE_BAD_FILE');
  file.close();
});

test('a tensor larger than memory is refused without reading it', () => {
  const length = 2 ** 31;
  const content = legacyForm(
    pickle(tensor({ storage: storage('0', length), shape: [length] })),
    { 0: Buffer.alloc(0) },
    { 0: BigInt(length) },
  );
  writeFileSync(path, content);
  // Extending leaves a hole: the file takes no room on the disk.
  truncateSync(path, content.length + 4 * length);
  const file = TorchFile.open(path);
  expect(outcome(() => file.readFloat32('tensor'))).toBe('LOUPE_OUT_OF_MEMORY');
  expect([...file.readRows('tensor', length - 2, length)]).toEqual([0, 0]);
  file.close();
  rmSync(path);
});

test('a file that shrinks while it is open is refused', () => {
  writeFileSync(path, legacyForm(W));
  const file = TorchFile.open(path);
  truncateSync(path, legacyForm(W).length - 1);
  expect(outcome(() => file.readFloat32('w'))).toBe('LOUPE_BAD_FILE');
  file.close();
  expect(outcome(() => file.readFloat32('w'))).toBe('LOUPE_BAD_FILE');
});

test.each([0n, 3n, 5n, 2n ** 32n, 2n ** 61n, 2n ** 64n - 1n])(
  'a storage that announces %d elements in place of 4 is refused',
  (length) => {
    expect(readAll(legacyForm(W, FOUR, { 0: length }))).toBe('LOUPE_BAD_FILE');
  },
);

const stored = (name: string, content: string | Buffer = 'x'): ZipFile => {
  return { name, content: Buffer.from(content), stored: true };
};
const files = zipFiles(W);
const [PICKLE, ORDER, DATA] = files as [ZipFile, ZipFile, ZipFile];

test.each<[string, ZipFile[], string]>([
  ['no entry', [], 'torch.save'],
  ['no pickle', [ORDER, DATA], 'data.pkl'],
  ['two pickles', [...files, { ...PICKLE, name: 'other/data.pkl' }], 'data.pkl'],
  ['a pickle at its top', [{ ...PICKLE, name: 'data.pkl' }], 'data.pkl'],
  ['an entry twice', [...files, DATA], 'twice'],
  [
    'a bomb for a pickle',
    [{ ...PICKLE, content: Buffer.alloc(1 << 24), stored: false }],
    'compressed',
  ],
  [
    'a bomb for a storage',
    [PICKLE, { ...DATA, content: Buffer.alloc(1 << 24), stored: false }],
    'compressed',
  ],
  ['a bomb that says it is none', [PICKLE, { ...DATA, stored: false, method: 0 }], 'sizes'],
  ['another compression', [{ ...PICKLE, method: 14 }], 'compressed'],
  ['an encrypted entry', [{ ...PICKLE, flags: 1 }], 'encrypted'],
  ['a size that is not that of its bytes', [PICKLE, { ...DATA, size: 1 << 30 }], 'sizes'],
  ['a huge size', [PICKLE, { ...DATA, size: 2 ** 52, large: true }], 'sizes'],
  [
    'an entry within another',
    [PICKLE, DATA, { ...DATA, name: 'archive/data/1', offset: 0 }],
    'overlap',
  ],
  ['an entry that begins behind the end', [{ ...PICKLE, offset: 1 << 30 }], 'cut short'],
  ['an entry that begins nowhere', [{ ...PICKLE, offset: 2 ** 60, large: true }], 'impossible'],
  ['a program', [...files, stored('archive/constants.pkl')], 'TorchScript'],
  ['another byte order', [PICKLE, DATA, stored(ORDER.name, 'big')], 'big-endian'],
  ['an unknown byte order', [PICKLE, DATA, stored(ORDER.name, 'middle')], 'middle'],
  ['two pickles in one', [{ ...PICKLE, content: bytes(W, W) }, DATA], 'more than one pickle'],
])('an archive with %s is refused', (_, entries, why) => {
  for (const zip64 of [true, false]) {
    const content = makeZip(entries, { zip64 });
    expect(readAll(content)).toBe('LOUPE_BAD_FILE');
    expect(message(content)).toContain(why);
  }
});

test('entries whose names lead elsewhere are only names', () => {
  const names = [
    '../../etc/passwd',
    '/etc/passwd',
    'C:\\x',
    'archive/data/../data/0',
    'archive/data/',
  ];
  expect(readAll(makeZip([...files, ...names.map((name) => stored(name))]))).toBe('fine');
});

test('an archive whose two descriptions of an entry differ is refused', () => {
  const sound = makeZip(files);
  const local = sound.indexOf('archive/data/0') - 30;
  const changes: [at: number, value: number][] = [
    [0, 0], // signature
    [6, 8], // flags
    [8, 8], // method
    [18, 15], // size
    [22, 15], // size before compression
    [26, 13], // length of the name
    [28, 1], // length of what is between the name and the bytes, which then reach into the next entry
    [30, 0x41], // name
  ];
  for (const [at, value] of changes) {
    const lying = Buffer.from(sound);
    lying[local + at] = value;
    expect(readAll(lying), `byte ${at}`).toBe('LOUPE_BAD_FILE');
  }
});

test('an archive with two ends, something behind its end or a comment is refused', () => {
  const sound = makeZip(files);
  const other = makeZip(zipFiles(pickle(OP.NONE)));
  for (const content of [
    bytes(sound, other),
    bytes(sound, sound.subarray(-22)),
    makeZip(files, { comment: 'PK\x05\x06' }),
    bytes(Buffer.from('PK\x03\x04'), sound),
  ]) {
    expect(readAll(content)).toBe('LOUPE_BAD_FILE');
  }
});

test.each([
  [
    'a tar archive',
    Buffer.concat([Buffer.alloc(257), Buffer.from('ustar\0'), Buffer.alloc(512)]),
    'tar',
  ],
  ['a safetensors file', Buffer.from('\x08\0\0\0\0\0\0\0{"a":1}'), 'safetensors'],
  ['a pickle of something else', pickle(dict({ a: integer(1) })), 'torch.save'],
  ['text', Buffer.from('version https://git-lfs.github.com/spec/v1\n'), 'torch.save'],
  ['nothing', Buffer.alloc(0), 'torch.save'],
])('%s is refused as what it is', (_, content, why) => {
  expect(readAll(content)).toBe('LOUPE_BAD_FILE');
  expect(message(content)).toContain(why);
});

test('a file of another machine or version, or without its list of storages, is refused', () => {
  const sound = legacyForm(W);
  const replace = (from: Buffer, to: Buffer) => {
    const at = sound.indexOf(from);
    expect(at).toBeGreaterThan(0);
    return bytes(sound.subarray(0, at), to, sound.subarray(at + from.length));
  };
  const little = text('little_endian');
  for (const content of [
    replace(bytes(little, OP.NEWTRUE), bytes(little, OP.NEWFALSE)),
    replace(bytes(little, OP.NEWTRUE), bytes(little, OP.NONE)),
    replace(integer(1001), integer(1002)),
    legacyForm(W, {}),
    legacyForm(W, { ...FOUR, 1: Buffer.alloc(4) }),
    legacyForm(W, { 1: Buffer.alloc(16) }),
  ]) {
    expect(readAll(content)).toBe('LOUPE_BAD_FILE');
  }
  expect(message(replace(bytes(little, OP.NEWTRUE), bytes(little, OP.NEWFALSE)))).toContain(
    'endian',
  );
});

test('tensors that are not the stored numbers themselves are refused', () => {
  const hooks = call('collections', 'OrderedDict');
  const view = (flag: string) =>
    call(
      'torch._utils',
      '_rebuild_tensor_v2',
      storage('0', 4),
      integer(0),
      tuple(integer(4)),
      tuple(integer(1)),
      OP.NEWFALSE,
      hooks,
      dict({ [flag]: OP.NEWTRUE }),
    );
  for (const flag of ['neg', 'conj']) {
    expect(readAll(zipForm(pickle(view(flag))))).toBe('LOUPE_BAD_FILE');
  }
});

test.each([
  ['torch', 'QInt8Storage'],
  ['torch._utils', '_rebuild_qtensor'],
  ['torch._utils', '_rebuild_sparse_tensor'],
  ['torch._utils', '_rebuild_nested_tensor'],
  ['torch._utils', '_rebuild_meta_tensor_no_storage'],
  ['torch._utils', '_rebuild_wrapper_subclass'],
])('%s.%s, of tensors of another kind, is refused, but not as unsafe', (module, name) => {
  const content = zipForm(pickle(global(module, name)));
  expect(readAll(content)).toBe('LOUPE_BAD_FILE');
  expect(message(content)).toContain(`${module}.${name}`);
});
