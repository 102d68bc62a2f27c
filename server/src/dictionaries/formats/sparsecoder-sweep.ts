import type { DictionaryCard } from '../card.ts';
import { outputHooks } from '../cross-layer.ts';
import type { DictionaryFolder, DictionaryFormat } from '../format.ts';
import { circuitTracerHooks } from './circuit-tracer-hooks.ts';
import { decoderPlace, layerOf, layersOf, matrixShape, refuseOtherTensors } from './set-folder.ts';
import { TensorFile } from './tensor-file.ts';

const ENCODER_FILE = /^encoder_layer_(\d+)\.safetensors$/;

/**
 * Cross-layer transcoders as a public sweep over GPT-2 has them: a set in one folder,
 * `encoder_layer_{i}.safetensors` with `W_enc` `[width, d_in]` and `b_enc`, and
 * `decoder_layer_{t}.safetensors` with `W_dec_from_{i}` `[d_out, width]` for each layer i up to t,
 * `b_dec`, and where there is, `W_skip` `[d_out, d_in]`:
 * `y_t = Σ_{i ≤ t} f_i W_dec_from_i + b_dec + x_t W_skipᵀ`, with ReLU and the residual stream before the
 * MLP's LayerNorm as input.
 */
export const sparsecoderSweep: DictionaryFormat = {
  name: 'sparsecoder-sweep',
  recognizes: (folder) => layersOf(folder, ENCODER_FILE).length > 0,
  layers: (folder) => layersOf(folder, ENCODER_FILE),
  describe(folder, card) {
    const layer = layerOf(folder, card);
    const [width, dIn] = TensorFile.use(folder, encoderFile(layer), (file) => {
      refuseOtherTensors(folder, file, (name) => name === 'W_enc' || name === 'b_enc');
      return matrixShape(folder, file, 'W_enc');
    });
    const dOut = TensorFile.use(folder, decoderFile(layer), (file) => {
      const known = /^(W_dec_from_\d+|b_dec|W_skip)$/;
      refuseOtherTensors(folder, file, (name) => known.test(name));
      return file.shape('b_dec')[0] ?? dIn;
    });
    return {
      dIn,
      dOut,
      width,
      ...circuitTracerHooks(folder, card, layer),
      convention: card.convention ?? 'raw',
      normalization: { kind: 'none' },
      activationFunction: card.activationFunction ?? { kind: 'relu' },
      crossLayer: { first: 0, last: lastTarget(folder, layer) },
    };
  },
  load(folder, card: DictionaryCard, config) {
    const layer = layerOf(folder, card);
    const { dIn, dOut, width } = config;
    const decoderTo = (target: number) =>
      TensorFile.use(folder, decoderFile(target), (file) => {
        file.leave(isOfOtherSource);
        const place = decoderPlace(file, `W_dec_from_${layer}`, [width, dOut], 'output first');
        return file.read(place, [width, dOut]);
      });
    const [decoder, ...laterDecoders] = outputHooks(config).map((_, i) => decoderTo(layer + i));
    const encoder = TensorFile.use(folder, encoderFile(layer), (file) => ({
      encoder: file.read({ name: 'W_enc', transposed: true }, [dIn, width]),
      bEnc: file.read('b_enc', [width]),
    }));
    const output = TensorFile.use(folder, decoderFile(layer), (file) => {
      file.leave((name) => name.startsWith('W_dec_from_'));
      return {
        bOut: file.read('b_dec', [dOut]),
        ...(file.has('W_skip') && {
          skip: file.read({ name: 'W_skip', transposed: true }, [dIn, dOut]),
        }),
      };
    });
    return { ...encoder, ...output, decoder: decoder as Float32Array, laterDecoders };
  },
};

/** What a decoder's file has for other sources than the one that is read, or for all together. */
function isOfOtherSource(name: string): boolean {
  return /^(W_dec_from_\d+|b_dec|W_skip)$/.test(name);
}

function lastTarget({ files }: DictionaryFolder, layer: number): number {
  let last = layer;
  while (files.includes(decoderFile(last + 1))) last++;
  return last;
}

function encoderFile(layer: number): string {
  return `encoder_layer_${layer}.safetensors`;
}

function decoderFile(layer: number): string {
  return `decoder_layer_${layer}.safetensors`;
}
