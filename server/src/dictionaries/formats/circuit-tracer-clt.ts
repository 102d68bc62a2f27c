import { LoupeError } from '@loupe/shared';
import { laterLayers } from '../cross-layer.ts';
import type { DictionaryFolder, DictionaryFormat } from '../format.ts';
import { circuitTracerHooks } from './circuit-tracer-hooks.ts';
import { layerOf, layersOf, matrixShape, readThreshold, refuseOtherTensors } from './set-folder.ts';
import { TensorFile } from './tensor-file.ts';

const ENCODER_FILE = /^W_enc_(\d+)\.safetensors$/;

/**
 * Cross-layer transcoders of circuit-tracer (github.com/decoderesearch/circuit-tracer): a set in one
 * folder, `config.yaml` beside `W_enc_{i}.safetensors` with `W_enc_{i}` `[width, d_in]`, `b_enc_{i}`,
 * `b_dec_{i}`, and where there are, `threshold_{i}` and `W_skip_{i}` `[d_in, d_out]`; and
 * `W_dec_{i}.safetensors` with `W_dec_{i}` `[width, layers − i, d_out]`, a decoder for layer i and each
 * later one: `y_t = Σ_{i ≤ t} f_i W_dec_i[t − i] + b_dec_t + x_t W_skip_t`.
 */
export const circuitTracerClt: DictionaryFormat = {
  name: 'circuit-tracer-clt',
  recognizes: (folder) => layersOf(folder, ENCODER_FILE).length > 0,
  layers: (folder) => layersOf(folder, ENCODER_FILE),
  describe(folder, card) {
    const layer = layerOf(folder, card);
    const [width, dIn, hasThreshold] = TensorFile.use(folder, encoderFile(layer), (file) => {
      const known = ['W_enc', 'b_enc', 'b_dec', 'threshold', 'W_skip'];
      refuseOtherTensors(folder, file, (name) => known.some((each) => name === `${each}_${layer}`));
      return [...matrixShape(folder, file, `W_enc_${layer}`), file.has(`threshold_${layer}`)];
    });
    const [targets, dOut] = TensorFile.use(folder, decoderFile(layer), (file) =>
      decoderShape(folder, file, layer, width),
    );
    return {
      dIn,
      dOut,
      width,
      ...circuitTracerHooks(folder, card, layer),
      convention: card.convention ?? 'raw',
      normalization: { kind: 'none' },
      activationFunction: card.activationFunction ?? { kind: hasThreshold ? 'jumprelu' : 'relu' },
      crossLayer: { first: 0, last: layer + targets - 1 },
    };
  },
  load(folder, card, config) {
    const layer = layerOf(folder, card);
    const { dIn, dOut, width, activationFunction } = config;
    const decoders = TensorFile.use(folder, decoderFile(layer), (file) =>
      readDecoders(file, `W_dec_${layer}`, [width, laterLayers(config) + 1, dOut]),
    );
    return TensorFile.use(folder, encoderFile(layer), (file) => {
      // The card says itself what becomes of it.
      if (card.activationFunction) file.leave((name) => name === `threshold_${layer}`);
      return {
        encoder: file.read({ name: `W_enc_${layer}`, transposed: true }, [dIn, width]),
        bEnc: file.read(`b_enc_${layer}`, [width]),
        decoder: decoders[0] as Float32Array,
        laterDecoders: decoders.slice(1),
        bOut: file.read(`b_dec_${layer}`, [dOut]),
        ...(file.has(`W_skip_${layer}`) && { skip: file.read(`W_skip_${layer}`, [dIn, dOut]) }),
        ...(activationFunction.kind === 'jumprelu' && {
          threshold: readThreshold(file, `threshold_${layer}`, width),
        }),
      };
    });
  },
};

function encoderFile(layer: number): string {
  return `W_enc_${layer}.safetensors`;
}

function decoderFile(layer: number): string {
  return `W_dec_${layer}.safetensors`;
}

function decoderShape(
  folder: DictionaryFolder,
  file: TensorFile,
  layer: number,
  width: number,
): [targets: number, dOut: number] {
  const name = `W_dec_${layer}`;
  const [rows, targets, dOut, ...more] = file.shape(name);
  if (rows === width && targets && dOut && more.length === 0) return [targets, dOut];
  throw new LoupeError(
    'LOUPE_SHAPE_MISMATCH',
    `${folder.path}: ${name} is [${file.shape(name).join(', ')}], where ` +
      `[${width}, later layers, length of the output] is expected.`,
  );
}

/** The decoders to each layer, which lie interleaved, feature by feature. */
function readDecoders(
  file: TensorFile,
  name: string,
  shape: readonly [width: number, targets: number, dOut: number],
): Float32Array[] {
  const [width, targets, dOut] = shape;
  const decoders = Array.from({ length: targets }, () => new Float32Array(width * dOut));
  file.readInPieces(name, shape, [0, width], (rows, first) => {
    for (let from = 0; from < rows.length; from += dOut) {
      const row = from / dOut;
      const feature = first + Math.floor(row / targets);
      decoders[row % targets]?.set(rows.subarray(from, from + dOut), feature * dOut);
    }
  });
  return decoders;
}
