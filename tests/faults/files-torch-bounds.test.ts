import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { OP } from '../../server/src/weights/pytorch/opcodes.ts';
import { fixtureProgram } from '../programs.ts';
import {
  bytes,
  call,
  dict,
  global,
  type Part,
  pickle,
  storage,
  tensor,
  text,
  tuple,
  u64,
} from './pickle-bytes.ts';
import { legacyForm, zipForm } from './torch-bytes.ts';

const READ = fixtureProgram('faults/fixtures/read-torch-file.ts');
/** What published files take is a few MB beside their tensors. */
const MAX_MEGABYTES = 400;
const MAX_SECONDS = 30;

let folder: string;
let path: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'loupe-faults-'));
  path = join(folder, 'weights.pt');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Reads the file in a process of its own, whose memory can be told from that of the tests. */
async function read(): Promise<{ code: string; seconds: number; megabytes: number }> {
  const { stdout } = await promisify(execFile)(process.execPath, [READ, path]);
  return JSON.parse(stdout);
}

const MANY = 4_000_000;
const many = (...parts: Part[]) => {
  const once = bytes(...parts);
  return Buffer.alloc(MANY, once).subarray(0, MANY - (MANY % once.length));
};
const megabyte = text('a'.repeat(1 << 20));
/** A list of many numbers, in the memo as 0 and off the stack. */
const LIST = bytes(
  OP.EMPTY_LIST,
  OP.MARK,
  Buffer.alloc(1_000_000, bytes(OP.BININT1, 1)),
  OP.APPENDS,
);
const KEPT = bytes(OP.BINPUT, 0, OP.POP);

test.each<[string, Part[]]>([
  ['dicts', [many(OP.EMPTY_DICT)]],
  ['lists in the memo', [many(OP.EMPTY_LIST, OP.MEMOIZE)]],
  ['marks', [many(OP.MARK)]],
  ['lists in lists', [many(OP.EMPTY_LIST)]],
  ['doubled lists', [OP.NONE, many(OP.DUP, OP.TUPLE2)]],
  [
    'sets of a long list',
    [LIST, KEPT, many(global('builtins', 'set'), OP.BINGET, 0, OP.TUPLE1, OP.REDUCE)],
  ],
  [
    'dicts of a long list of pairs',
    [
      [
        OP.EMPTY_LIST,
        OP.MARK,
        Buffer.alloc(400_000, bytes(OP.NONE, OP.DUP, OP.TUPLE2)),
        OP.APPENDS,
      ],
      [KEPT, many(global('collections', 'OrderedDict'), OP.BINGET, 0, OP.TUPLE1, OP.REDUCE)],
    ],
  ],
  [
    'dicts with a long key',
    [megabyte, KEPT, many(OP.EMPTY_DICT, OP.BINGET, 0, OP.NONE, OP.SETITEM)],
  ],
  [
    'keys of long parts',
    [
      megabyte,
      KEPT,
      many(OP.EMPTY_DICT, OP.BINGET, 0, OP.BINGET, 0, OP.TUPLE2, OP.NONE, OP.SETITEM),
    ],
  ],
  [
    'bytes of long text',
    [
      [megabyte, KEPT, text('latin1'), OP.BINPUT, 1, OP.POP, global('_codecs', 'encode')],
      [OP.BINPUT, 2, OP.POP, many(OP.BINGET, 2, OP.BINGET, 0, OP.BINGET, 1, OP.TUPLE2, OP.REDUCE)],
    ],
  ],
  [
    'paths of long parts',
    [
      [megabyte, KEPT, global('pathlib', 'PosixPath'), OP.BINPUT, 1, OP.POP],
      many(OP.BINGET, 1, OP.BINGET, 0, OP.BINGET, 0, OP.TUPLE2, OP.REDUCE),
    ],
  ],
  [
    'tensors of many axes',
    [
      [LIST, KEPT, storage('0', 4), OP.BINPUT, 1, OP.POP],
      [global('torch._utils', '_rebuild_tensor'), OP.BINPUT, 2, OP.POP],
      many(OP.BINGET, 2, tuple(OP.BINGET, 1, OP.BININT1, 0, OP.BINGET, 0, OP.BINGET, 0), OP.REDUCE),
    ],
  ],
  [
    'the same tensor under many names',
    [tensor(), KEPT, OP.EMPTY_LIST, OP.MARK, many(OP.BINGET, 0), OP.APPENDS],
  ],
  [
    'tensors at the end of long paths',
    [
      tensor(),
      Array(250).fill([OP.BINPUT, 0, OP.POP, dict({ ['k'.repeat(1000)]: [OP.BINGET, 0] })]),
    ],
  ],
  ['a long number', [many(OP.LONG1, 255, Buffer.alloc(255, 1))]],
  ['classes of long name', [megabyte, KEPT, many(OP.BINGET, 0, OP.BINGET, 0, OP.STACK_GLOBAL)]],
  ['records', [many(global('a', 'B'), OP.EMPTY_TUPLE, OP.NEWOBJ)]],
])('a pickle of millions of %s is refused within bounds', async (_, parts) => {
  writeFileSync(path, legacyForm(pickle(parts)));
  const { code, seconds, megabytes } = await read();
  expect(code).toBe('LOUPE_BAD_FILE');
  expect(seconds).toBeLessThan(MAX_SECONDS);
  expect(megabytes).toBeLessThan(MAX_MEGABYTES);
});

test('text of gigabytes is refused within bounds', async () => {
  const content = pickle(OP.BINUNICODE8, u64(0xff000000n));
  writeFileSync(path, legacyForm(content));
  truncateSync(path, 5 * 2 ** 30);
  const { code, megabytes } = await read();
  expect(code).toBe('LOUPE_BAD_FILE');
  expect(megabytes).toBeLessThan(MAX_MEGABYTES);
});

test('one small tensor of a large file takes the memory of a small one', async () => {
  const length = 2 ** 28;
  const root = pickle(dict({ w: tensor({ storage: storage('0', length), shape: [1000] }) }));
  const content = legacyForm(root, { 0: Buffer.alloc(0) }, { 0: BigInt(length) });
  writeFileSync(path, content);
  truncateSync(path, content.length + 4 * length);
  const { code, megabytes } = await read();
  expect(code).toBe('fine');
  expect(megabytes).toBeLessThan(60);
});

test('a tensor that repeats one number is read within bounds, or refused', async () => {
  for (const length of [2 ** 12, 2 ** 15]) {
    const shape = [length, length];
    writeFileSync(
      path,
      zipForm(pickle(call('torch', 'Size', tuple()), OP.POP, tensor({ shape, strides: [0, 0] }))),
    );
    const { code, megabytes } = await read();
    expect(code).toBe(length === 2 ** 12 ? 'fine' : 'LOUPE_BAD_FILE');
    expect(megabytes).toBeLessThan(150);
  }
});
