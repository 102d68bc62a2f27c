import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import type { DictionaryConfig, DictionaryWeights } from '../dictionaries/config.ts';
import { SafetensorsFile } from '../weights/safetensors.ts';
import { readSourceHeader, readSourceWeights } from './source-file.ts';
import { writeSource } from './write-source.ts';

fc.configureGlobal({ seed: 20 });

const folder = mkdtempSync(join(tmpdir(), 'loupe-source-'));
afterAll(() => rmSync(folder, { recursive: true }));
const path = join(folder, '5.safetensors');
const provenance = { format: 'test', originals: [] };

const base: DictionaryConfig = {
  dIn: 6,
  dOut: 4,
  width: 10,
  hook: 'blocks.5.ln2.hook_normalized',
  outputHook: 'blocks.5.hook_mlp_out',
  convention: 'raw',
  normalization: { kind: 'none' },
  activationFunction: { kind: 'relu' },
};

/** Values from −1 to 1, the same for each name. */
function values(count: number, name: string): Float32Array {
  return Float32Array.from({ length: count }, (_, i) => {
    const digest = createHash('md5').update(`${name} ${i}`).digest();
    return digest.readInt32LE() / 2 ** 31;
  });
}

function weightsOf({ dIn, dOut, width }: DictionaryConfig): DictionaryWeights {
  return {
    encoder: values(dIn * width, 'W_enc'),
    bEnc: values(width, 'b_enc'),
    decoder: values(width * dOut, 'W_dec'),
    bOut: values(dOut, 'b_out'),
  };
}

const ofEveryKind: [string, DictionaryConfig, Partial<DictionaryWeights>][] = [
  ['with as little as can be', base, {}],
  ['with an input bias', base, { bIn: values(6, 'b_in') }],
  [
    'with thresholds',
    { ...base, activationFunction: { kind: 'jumprelu' } },
    { threshold: Float32Array.of(...values(9, 'threshold'), Number.POSITIVE_INFINITY) },
  ],
  ['with a skip connection', base, { skip: values(24, 'skip') }],
  [
    'of a cross-layer transcoder',
    { ...base, crossLayer: { first: 4, last: 7 } },
    { laterDecoders: [values(40, 'next'), values(40, 'last')] },
  ],
  [
    'normalised and of another convention',
    {
      ...base,
      convention: 'centred',
      normalization: { kind: 'layer-norm', deviation: 'unbiased', epsilon: 1e-5 },
      activationFunction: { kind: 'topk', k: 3 },
    },
    {},
  ],
];

test.each(ofEveryKind)('a source %s comes back as it was', (_, config, more) => {
  const weights = { ...weightsOf(config), ...more };
  const source = { config, weights, provenance, explainedVariance: 0.5 };
  writeSource(path, { ...source, variants: { 'raw-z': { convention: 'raw' } } });
  expect(readSourceHeader(path)).toMatchObject({
    config,
    provenance,
    explainedVariance: 0.5,
    variants: { 'raw-z': { convention: 'raw' } },
  });
  expect(readSourceWeights(path)).toEqual(weights);
  expect(readdirSync(folder)).toEqual(['5.safetensors']);
});

test('data begins at a multiple of 64 bytes, and its hash is that of the header', () => {
  writeSource(path, { config: base, weights: weightsOf(base), provenance });
  const bytes = readFileSync(path);
  const dataStart = 8 + Number(bytes.readBigUInt64LE());
  expect(dataStart % 64).toBe(0);
  const sha256 = createHash('sha256').update(bytes.subarray(dataStart)).digest('hex');
  expect(readSourceHeader(path).dataSha256).toBe(sha256);
});

test('as published nothing changes; half of it no more than the header says', () => {
  const config = { ...base, dIn: 768, dOut: 768, width: 40 };
  const weights = weightsOf(config);
  writeSource(path, { config, weights, provenance });
  expect(readSourceWeights(path)).toEqual(weights);
  expect(readSourceHeader(path).precision).toBe('float32');

  const errors = writeSource(path, { config, weights, provenance, precision: 'half' });
  expect(errors).toEqual(readSourceHeader(path).errors);
  expect(readSourceHeader(path).precision).toBe('float16, rounded');
  const file = SafetensorsFile.open(path);
  expect(file.info('W_enc').dtype).toBe('F16');
  expect(file.info('b_enc').dtype).toBe('F32');
  file.close();

  const { encoder } = readSourceWeights(path);
  for (let feature = 0; feature < 40; feature++) {
    let square = 0;
    let off = 0;
    for (let i = feature; i < encoder.length; i += 40) {
      square += (weights.encoder[i] as number) ** 2;
      off += ((encoder[i] as number) - (weights.encoder[i] as number)) ** 2;
    }
    const error = Math.sqrt(off / square / 768);
    expect(error).toBeGreaterThan(0);
    expect(error).toBeLessThanOrEqual((errors.W_enc as number) * (1 + 1e-6));
  }
});

test('values that 16 bits hold exactly are stored so, and keep their value', () => {
  const round = (each: Float32Array) => each.map((value) => Math.round(value * 64) / 64);
  const { encoder, decoder, ...rest } = weightsOf(base);
  const weights = { ...rest, encoder: round(encoder), decoder };
  writeSource(path, { config: base, weights, provenance });
  expect(readSourceWeights(path)).toEqual(weights);
  expect(readSourceHeader(path).precision).toBe('float16 and float32');
});

test('whatever the values, storing what was read changes it no more', () => {
  const float = fc.float({ noNaN: true, noDefaultInfinity: true });
  const floats = (count: number) => fc.array(float, { minLength: count, maxLength: count });
  const config = { ...base, dIn: 2, dOut: 2, width: 3 };
  fc.assert(
    fc.property(floats(6), floats(6), floats(3), floats(2), (encoder, decoder, bEnc, bOut) => {
      const weights = {
        encoder: Float32Array.from(encoder),
        decoder: Float32Array.from(decoder),
        bEnc: Float32Array.from(bEnc),
        bOut: Float32Array.from(bOut),
      };
      writeSource(path, { config, weights, provenance });
      const first = readSourceWeights(path);
      const errors = writeSource(path, { config, weights: first, provenance });
      expect(readSourceWeights(path)).toEqual(first);
      expect(Object.values(errors).every((error) => error === 0)).toBe(true);
    }),
    { numRuns: 60 },
  );
});

test.each([Number.NaN, Number.NEGATIVE_INFINITY])('weights of %s are refused', (value) => {
  const weights = weightsOf(base);
  weights.decoder[3] = value;
  rmSync(path, { force: true });
  expect(() => writeSource(path, { config: base, weights, provenance })).toThrowError(
    expect.objectContaining({ code: 'LOUPE_BAD_FILE', message: expect.stringContaining('W_dec') }),
  );
  expect(readdirSync(folder)).toEqual([]);
});
