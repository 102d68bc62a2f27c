import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LoupeError } from '@loupe/shared';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { OP } from '../../server/src/weights/pytorch/opcodes.ts';
import { CLASS } from '../../server/src/weights/pytorch/plain-data.ts';
import { TorchFile } from '../../server/src/weights/pytorch/torch-file.ts';
import { mutated, outcome } from './files-mutations.ts';
import {
  bytes,
  call,
  dict,
  global,
  integer,
  type Part,
  pickle,
  storage,
  tensor,
  text,
  tuple,
  u32,
  u64,
} from './pickle-bytes.ts';
import { legacyForm, zipForm } from './torch-bytes.ts';

fc.configureGlobal({ seed: 20 });

let folder: string;
let path: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'loupe-faults-'));
  path = join(folder, 'weights.pt');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function open(content: Buffer): TorchFile {
  writeFileSync(path, content);
  return TorchFile.open(path);
}

function refusal(content: Buffer): LoupeError {
  try {
    open(content).close();
  } catch (error) {
    if (error instanceof LoupeError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

/** The same pickle in each place from which pickles are read. */
function everywhere(root: Buffer): Buffer[] {
  return [zipForm(root), legacyForm(root), root];
}

const DANGEROUS = [
  ['os', 'system'],
  ['posix', 'system'],
  ['nt', 'system'],
  ['os', 'execv'],
  ['subprocess', 'Popen'],
  ['subprocess', 'check_output'],
  ['commands', 'getoutput'],
  ['builtins', 'eval'],
  ['builtins', 'exec'],
  ['builtins', 'getattr'],
  ['builtins', '__import__'],
  ['builtins', 'open'],
  ['builtins', 'compile'],
  ['builtins', 'apply'],
  ['__builtin__', 'eval'],
  ['__builtin__', 'execfile'],
  ['importlib', 'import_module'],
  ['runpy', '_run_code'],
  ['pty', 'spawn'],
  ['socket', 'socket'],
  ['shutil', 'rmtree'],
  ['webbrowser', 'open'],
  ['pickle', 'loads'],
  ['_pickle', 'loads'],
  ['marshal', 'loads'],
  ['types', 'FunctionType'],
  ['types', 'CodeType'],
  ['functools', 'partial'],
  ['operator', 'attrgetter'],
  ['operator', 'methodcaller'],
  ['ctypes', 'CDLL'],
  ['code', 'InteractiveInterpreter'],
  ['copyreg', '__newobj__'],
  ['copy_reg', '_reduce_ex'],
  ['codecs', 'decode'],
  ['_codecs', 'decode'],
  ['collections', 'namedtuple'],
  ['pathlib', 'os.system'],
  ['torch', 'load'],
  ['torch.hub', 'load'],
  ['torch.storage', '_load_from_bytes'],
  ['torch._utils', '_rebuild_device_tensor_from_numpy'],
  ['torch.jit', '_script'],
  ['torch.utils.cpp_extension', 'load'],
  ['numpy', 'load'],
  ['numpy.testing._private.utils', 'runstring'],
  ['numpy._core.multiarray', '_reconstruct'],
  ['__main__', 'os.system'],
  ['sae_training.config', 'os.system'],
  ['sae_training.config', '__builtins__.eval'],
  ['', 'system'],
  ['sae_training..config', 'Config'],
  ['sae_training.config', ''],
] as const;

test.each(DANGEROUS)(
  '%s.%s is refused by name wherever it is named, called or not',
  (module, name) => {
    const named = global(module, name);
    const short = (value: string) => bytes(OP.SHORT_BINUNICODE, value.length, Buffer.from(value));
    const stackNamed = bytes(short(module), short(name), OP.STACK_GLOBAL);
    for (const what of [named, stackNamed]) {
      const uses: Part[] = [
        what,
        bytes(what, tuple(text('echo no')), OP.REDUCE),
        bytes(what, tuple(text('echo no')), OP.NEWOBJ),
        bytes(what, tuple(text('echo no')), dict({}), OP.NEWOBJ_EX),
        dict({ cfg: bytes(what, tuple(), OP.REDUCE), w: tensor() }),
        bytes(tuple(text('storage'), what, text('0'), text('cpu'), integer(4)), OP.BINPERSID),
        bytes(tuple(text('module'), what, OP.NONE, OP.NONE), OP.BINPERSID),
        // Put aside at once, or left behind when the pickle goes on.
        bytes(what, OP.POP, OP.NONE),
      ];
      for (const file of uses.flatMap((use) => everywhere(pickle(use)))) {
        const { code, message } = refusal(file);
        expect(code).toBe('LOUPE_UNSAFE_FILE');
        expect(message).toContain(JSON.stringify(`${module}.${name}`));
      }
    }
  },
);

test('a class of somebody is never called, whatever it is called like', () => {
  for (const [module, name] of [
    ['sae_training.config', 'LanguageModelSAERunnerConfig'],
    ['__main__', 'run'],
    ['pip', 'main'],
    ['torch.nn.modules.linear', 'Linear'],
    ['torch.nn.parameter', 'Parameter'],
  ] as const) {
    for (const file of everywhere(pickle(call(module, name, text('x'))))) {
      const { code, message } = refusal(file);
      expect(code).toBe('LOUPE_UNSAFE_FILE');
      expect(message).toContain(`${module}.${name}`);
    }
  }
});

test('objects of what Python, PyTorch and numpy have are not made', () => {
  for (const [module, name] of [
    ['builtins', 'object'],
    ['builtins', 'dict'],
    ['collections', 'OrderedDict'],
    ['torch', 'Tensor'],
    ['torch', 'FloatStorage'],
    ['pathlib', 'PosixPath'],
  ] as const) {
    const made = bytes(global(module, name), OP.EMPTY_TUPLE, OP.NEWOBJ);
    expect(refusal(zipForm(pickle(made))).code).toBe('LOUPE_UNSAFE_FILE');
  }
});

test('objects of a class of somebody are what was said of them', () => {
  const config = global('sae_training.config', 'Config');
  const made = bytes(config, OP.EMPTY_TUPLE, OP.NEWOBJ, dict({ d_in: integer(6) }), OP.BUILD);
  const old = call('copy_reg', '_reconstructor', config, global('__builtin__', 'object'), OP.NONE);
  const named = dict({ hook: text('blocks.8'), constructor: text('x') });
  const records = tuple(
    made,
    bytes(old, named, OP.BUILD),
    bytes(config, tuple(integer(1)), OP.NEWOBJ),
  );
  const file = open(zipForm(pickle(records)));
  const data = file.data as Record<string | symbol, unknown>[];
  file.close();
  const expected: object[] = [
    { [CLASS]: 'sae_training.config.Config', d_in: 6 },
    { [CLASS]: 'sae_training.config.Config', hook: 'blocks.8', constructor: 'x' },
    { [CLASS]: 'sae_training.config.Config', 0: 1 },
  ];
  expect(data.map((record) => ({ ...record }))).toEqual(expected);
});

test.each([
  ['INST', bytes(OP.MARK, text('echo'), 0x69, Buffer.from('os\nsystem\n'))],
  ['OBJ', bytes(OP.MARK, global('sae_training.config', 'Config'), text('x'), 0x6f)],
  ['EXT1', bytes(0x82, 1)],
  ['EXT2', bytes(0x83, 1, 0)],
  ['EXT4', bytes(0x84, 1, 0, 0, 0)],
  ['NEXT_BUFFER', bytes(0x97)],
  ['READONLY_BUFFER', bytes(0x98)],
])('the opcode %s is refused as unsafe', (name, part) => {
  for (const file of everywhere(pickle(part))) {
    expect(refusal(file)).toMatchObject({
      code: 'LOUPE_UNSAFE_FILE',
      message: expect.stringContaining(name),
    });
  }
});

test('a pickle of text opcodes, as no torch.save writes, is refused, and by what it asks for first', () => {
  const classic = Buffer.from("cos\nsystem\n(S'echo no'\ntR.");
  for (const root of [classic, bytes(OP.PROTO, 0, classic)]) {
    expect(refusal(zipForm(root)).code).toBe('LOUPE_UNSAFE_FILE');
  }
  expect(refusal(zipForm(Buffer.from('I1\n.'))).code).toBe('LOUPE_BAD_FILE');
  expect(refusal(classic).code).toBe('LOUPE_BAD_FILE');
});

const DEEP = 100_000;
const AGAIN = [OP.BINPUT, 0, OP.POP];

test.each<[string, Part[]]>([
  ['nothing', []],
  ['two values', [OP.NONE, OP.NONE]],
  ['a mark at its end', [OP.MARK]],
  ['a value below its mark', [OP.NONE, OP.MARK, OP.TUPLE1, OP.TUPLE]],
  ['a mark that is not there', [OP.NONE, OP.TUPLE]],
  ['pairs without their second half', [OP.EMPTY_DICT, OP.MARK, text('a'), OP.SETITEMS]],
  ['a memo that is not there', [OP.BINGET, 0]],
  ['an opcode that is none', [0x00]],
  ['a protocol of the future', [OP.PROTO, 6, OP.NONE]],
  ['text that goes on past its end', [OP.BINUNICODE, u32(2 ** 32 - 1)]],
  ['text that goes on without end', [OP.BINUNICODE8, u64(2n ** 64n - 1n)]],
  ['bytes that go on without end', [OP.BINBYTES8, u64(2n ** 63n)]],
  ['a number of four gigabytes', [OP.LONG4, u32(2 ** 32 - 1)]],
  ['a number of a kilobyte', [OP.LONG4, u32(1024), Buffer.alloc(1024, 1)]],
  ['text that is not UTF-8', [OP.BINUNICODE, u32(1), 0xff]],
  ['a module of endless name', [OP.GLOBAL, Buffer.alloc(2000, 'a'), Buffer.from('\nb\n')]],
  ['a class without a name', [OP.GLOBAL, Buffer.from('a')]],
  ['a key of a megabyte', [OP.EMPTY_DICT, text('a'.repeat(1e6)), OP.NONE, OP.SETITEM]],
  ['a list as a key', [OP.EMPTY_DICT, OP.EMPTY_LIST, OP.NONE, OP.SETITEM]],
  ['two keys that look the same', [dict({ 1: OP.NONE }), integer(1), OP.NONE, OP.SETITEM]],
  ['a list that is appended to a tuple', [OP.EMPTY_TUPLE, OP.NONE, OP.APPEND]],
  ['items for a number', [OP.NONE, text('a'), OP.NONE, OP.SETITEM]],
  ['state for a list', [OP.EMPTY_LIST, OP.EMPTY_DICT, OP.BUILD]],
  ['a call of a number', [integer(1), OP.EMPTY_TUPLE, OP.REDUCE]],
  ['a list that contains itself', [OP.EMPTY_LIST, OP.BINPUT, 0, OP.BINGET, 0, OP.APPEND]],
  [
    'a dict that contains itself',
    [OP.EMPTY_DICT, OP.BINPUT, 0, text('a'), OP.BINGET, 0, OP.SETITEM],
  ],
  [
    'a record that contains itself',
    [
      [global('a', 'B'), OP.EMPTY_TUPLE, OP.NEWOBJ, OP.BINPUT, 0],
      [OP.EMPTY_DICT, text('a'), OP.BINGET, 0, OP.SETITEM, OP.BUILD],
    ],
  ],
  [
    'a rebuilding of tensors that asks for itself',
    [
      [OP.EMPTY_LIST, OP.BINPUT, 0, OP.MARK, global('torch._tensor', '_rebuild_from_type_v2')],
      [OP.NONE, OP.BINGET, 0, OP.NONE, OP.APPENDS, OP.POP],
      [global('torch._tensor', '_rebuild_from_type_v2'), OP.BINGET, 0, OP.REDUCE],
    ],
  ],
  [
    'lists a hundred thousand deep',
    [Array(DEEP).fill(OP.EMPTY_LIST), Array(DEEP - 1).fill(OP.APPEND)],
  ],
  ['tuples a hundred thousand deep', [OP.NONE, Array(DEEP).fill(OP.TUPLE1)]],
  [
    'tuples as keys, deep',
    [OP.EMPTY_DICT, OP.NONE, Array(DEEP).fill(OP.TUPLE1), OP.NONE, OP.SETITEM],
  ],
  ['marks without end', [Array(DEEP).fill(OP.MARK)]],
  ['lists of the same lists, 2^40 in all', [OP.NONE, Array(40).fill([OP.DUP, OP.TUPLE2])]],
  ['a number as a persistent id', [integer(1), OP.BINPERSID]],
  [
    'a storage without a length',
    [tuple(text('storage'), global('torch', 'FloatStorage')), OP.BINPERSID],
  ],
  ['a storage of negative length', [storage('0', -4)]],
  [
    'a storage that is not of a class of storages',
    [
      [tuple(text('storage'), global('torch', 'Tensor'), text('0'), text('cpu'), integer(4))],
      OP.BINPERSID,
    ],
  ],
  [
    'a storage of quantized numbers',
    [
      [tuple(text('storage'), global('torch', 'FloatStorage'), OP.NONE, text('cpu'), integer(4))],
      OP.BINPERSID,
    ],
  ],
  [
    'a part of a storage that ends behind it',
    [storage('0', 4, tuple(text('1'), integer(2), integer(3)))],
  ],
  ['bytes in an unknown encoding', [call('_codecs', 'encode', text('a'), text('zlib_codec'))]],
  ['bytes of large characters', [call('_codecs', 'encode', text('≈'), text('latin1'))]],
  ['a path of many parts', [call('pathlib', 'PosixPath', ...Array(65).fill(text('a')))]],
  ['a device that is none', [call('torch', 'device', text('; echo no'))]],
  ['two tensors of the same name', [dict({ 'a.b': tensor(), a: dict({ b: tensor() }) })]],
  ['a tensor of long name', [dict({ a: dict({ ['b'.repeat(1020)]: dict({ ccc: tensor() }) }) })]],
  [
    'state for a record that has some',
    [
      [global('a', 'B'), OP.EMPTY_TUPLE, OP.NEWOBJ],
      [OP.EMPTY_DICT, OP.BUILD, OP.EMPTY_DICT, OP.BUILD],
    ],
  ],
])('a pickle with %s is refused', (_, parts) => {
  for (const file of everywhere(pickle(...parts))) {
    expect(refusal(file).code).toBe('LOUPE_BAD_FILE');
  }
});

/** Opcodes without argument, or with a short one, that a random program may be made of. */
const step: fc.Arbitrary<Part> = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom<number>(...Object.values(OP)) },
  {
    weight: 6,
    arbitrary: fc.constantFrom<Part>(
      text('a'),
      text('storage'),
      integer(1),
      integer(-1),
      OP.EMPTY_TUPLE,
      OP.EMPTY_DICT,
      OP.EMPTY_LIST,
      bytes(OP.BINPUT, 0),
      bytes(OP.BINGET, 0),
      global('collections', 'OrderedDict'),
      global('torch._utils', '_rebuild_tensor_v2'),
      global('sae_training.config', 'Config'),
      tuple(text('storage'), global('torch', 'FloatStorage'), text('0'), text('cpu'), integer(4)),
      storage('0', 4),
      tensor(),
      AGAIN,
    ),
  },
  { weight: 1, arbitrary: fc.nat(255) },
);

test('any program of opcodes ends in a refusal or plain data', () => {
  const seen = new Map<string, number>();
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), fc.boolean(), (steps, zip) => {
      const root = pickle(...steps);
      const result = outcome(() => open(zip ? zipForm(root) : legacyForm(root)).close());
      seen.set(result, (seen.get(result) ?? 0) + 1);
    }),
    { numRuns: 3000 },
  );
  expect([...seen.keys()].sort()).toEqual(['LOUPE_BAD_FILE', 'LOUPE_UNSAFE_FILE', 'fine']);
});

test('any edit of a pickle does', () => {
  const sound = pickle(
    dict({
      cfg: bytes(
        global('sae_training.config', 'C'),
        OP.EMPTY_TUPLE,
        OP.NEWOBJ,
        dict({ d: integer(1) }),
        OP.BUILD,
      ),
      state_dict: dict({ w: tensor(), t: tensor({ shape: [2, 2], strides: [1, 2] }) }),
    }),
  );
  expect(outcome(() => open(zipForm(sound)).close())).toBe('fine');
  const seen = new Map<string, number>();
  fc.assert(
    fc.property(mutated(sound), fc.boolean(), (root, zip) => {
      const edited = Buffer.from(root);
      const result = outcome(() => open(zip ? zipForm(edited) : legacyForm(edited)).close());
      seen.set(result, (seen.get(result) ?? 0) + 1);
    }),
    { numRuns: 3000 },
  );
  expect([...seen.keys()].sort()).toEqual(['LOUPE_BAD_FILE', 'LOUPE_UNSAFE_FILE', 'fine']);
});
