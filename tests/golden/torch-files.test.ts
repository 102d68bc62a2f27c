import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from 'vitest';
import { CLASS, TensorReference } from '../../server/src/weights/pytorch/plain-data.ts';
import { TorchFile } from '../../server/src/weights/pytorch/torch-file.ts';
import { golden } from './model.ts';

interface Expected {
  data: unknown;
  tensors: Record<string, { dtype: string; shape: number[]; values: string }>;
}

const folder = fileURLToPath(new URL('torch-files', import.meta.url));
const names = readdirSync(folder).flatMap((file) => /(.*)\.pt$/.exec(file)?.[1] ?? []);

let file: TorchFile | undefined;
afterEach(() => file?.close());

function open(name: string): { file: TorchFile; expected: Expected } {
  file = TorchFile.open(`${folder}/${name}.pt`);
  const expected = golden<Expected>(`torch-files/${name.replace(/^settings-\d/, 'settings')}.json`);
  return { file, expected };
}

// Written by scripts/fixtures/torch-files.py, with values as PyTorch itself brought them to float32.
test.each(names)(
  '%s: tensors have the dtypes, shapes and exact values that PyTorch saved',
  (name) => {
    const { file, expected } = open(name);
    expect(file.names).toEqual(Object.keys(expected.tensors));
    for (const [tensor, { dtype, shape, values }] of Object.entries(expected.tensors)) {
      expect(file.info(tensor)).toEqual({ dtype, shape });
      expect(base64(file.readFloat32(tensor)), tensor).toBe(values);
      if (shape.length > 0)
        expect(base64(file.readRows(tensor, 0, shape[0] as number))).toBe(values);
    }
  },
);

test.each(names)('%s: all else is as it was saved', (name) => {
  const { file, expected } = open(name);
  expect(show(file.data)).toEqual(expected.data);
});

test('the published form is read as the loaders of dictionaries need it', () => {
  for (const name of ['published', 'published-legacy']) {
    const { file } = open(name);
    expect(file.names).toEqual([
      'state_dict.W_enc',
      'state_dict.b_enc',
      'state_dict.W_dec',
      'state_dict.b_dec',
      'state_dict.b_dec_out',
    ]);
    expect(file.data).toMatchObject({
      cfg: {
        hook_point: 'blocks.8.ln2.hook_normalized',
        use_ghost_grads: [false],
        device: 'cuda:0',
        dtype: 'torch.float32',
      },
    });
    file.close();
  }
});

test('rows of tensors in any layout are those of the whole', () => {
  const { file } = open('views');
  for (const name of ['whole', 'transposed', 'permuted', 'columns', 'every_other', 'overlapping']) {
    const [rows, ...others] = file.info(name).shape as [number, ...number[]];
    const width = others.reduce((product, length) => product * length, 1);
    const all = file.readFloat32(name);
    for (let from = 0; from <= rows; from++) {
      for (let to = from; to <= rows; to++) {
        expect(file.readRows(name, from, to)).toEqual(all.slice(from * width, to * width));
      }
    }
  }
});

function base64(values: Float32Array): string {
  return Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString('base64');
}

/** The data in the words of the expected JSON. */
function show(data: unknown): unknown {
  if (data instanceof TensorReference) return { tensor: data.tensor };
  if (data instanceof Uint8Array) return { bytes: Buffer.from(data).toString('hex') };
  if (typeof data === 'bigint') return { integer: String(data) };
  if (data === 0) return Object.is(data, -0) ? { float: '-0x0.0p+0' } : 0;
  if (Array.isArray(data)) return data.map(show);
  if (typeof data !== 'object' || data === null) return data;
  const entries = Object.fromEntries(
    Object.entries(data).map(([key, value]) => [key, show(value)]),
  );
  return CLASS in data ? { class: data[CLASS], fields: entries } : { dict: entries };
}
