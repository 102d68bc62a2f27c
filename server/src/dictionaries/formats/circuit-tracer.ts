import type { DictionaryCard } from '../card.ts';
import type { DictionaryFormat } from '../format.ts';
import { circuitTracerHooks } from './circuit-tracer-hooks.ts';
import {
  decoderPlace,
  layerOf,
  layersOf,
  matrixShape,
  readThreshold,
  refuseOtherTensors,
  unsupported,
} from './set-folder.ts';
import { TensorFile } from './tensor-file.ts';

const FILE = /^layer_(\d+)\.safetensors$/;
const THRESHOLD = 'activation_function.threshold';
const TENSORS = ['W_enc', 'W_dec', 'b_enc', 'b_dec', 'W_skip', THRESHOLD];

/**
 * Per-layer transcoders of circuit-tracer (github.com/decoderesearch/circuit-tracer): a set in one
 * folder, `config.yaml` beside `layer_{i}.safetensors` with `W_enc` `[width, d_in]`, `W_dec`
 * `[width, d_out]`, `b_enc`, `b_dec`, and where there are, `W_skip` `[d_out, d_in]` and thresholds of
 * JumpReLU: `y = f W_dec + b_dec + x W_skipᵀ`. The sets that were trained for GPT-2 have the same names
 * and `W_dec` `[d_out, width]`.
 */
export const circuitTracer: DictionaryFormat = {
  name: 'circuit-tracer',
  recognizes: (folder) => layersOf(folder, FILE).length > 0,
  layers: (folder) => layersOf(folder, FILE),
  describe(folder, card) {
    const layer = layerOf(folder, card);
    return TensorFile.use(folder, fileOf(card, layer), (file) => {
      if (file.has('k') && !card.activationFunction) {
        throw unsupported(
          folder,
          'it is a TopK dictionary whose k no card gives: "activationFunction": { "kind": "topk", "k": … }',
        );
      }
      refuseOtherTensors(folder, file, (name) => TENSORS.includes(name) || name === 'k');
      const [width, dIn] = matrixShape(folder, file, 'W_enc');
      return {
        dIn,
        dOut: file.shape('b_dec')[0] ?? dIn,
        width,
        ...circuitTracerHooks(folder, card, layer),
        convention: card.convention ?? 'raw',
        normalization: card.normalization ?? { kind: 'none' },
        activationFunction: card.activationFunction ?? {
          kind: file.has(THRESHOLD) ? 'jumprelu' : 'relu',
        },
      };
    });
  },
  load(folder, card, { dIn, dOut, width, activationFunction }) {
    return TensorFile.use(folder, fileOf(card, layerOf(folder, card)), (file) => {
      // The card says itself what becomes of them.
      if (card.activationFunction) file.leave((name) => name === 'k' || name === THRESHOLD);
      return {
        encoder: file.read({ name: 'W_enc', transposed: true }, [dIn, width]),
        bEnc: file.read('b_enc', [width]),
        decoder: file.read(decoderPlace(file, 'W_dec', [width, dOut], 'width first'), [
          width,
          dOut,
        ]),
        bOut: file.read('b_dec', [dOut]),
        ...(file.has('W_skip') && {
          skip: file.read({ name: 'W_skip', transposed: true }, [dIn, dOut]),
        }),
        ...(activationFunction.kind === 'jumprelu' && {
          threshold: readThreshold(file, THRESHOLD, width),
        }),
      };
    });
  },
};

function fileOf(card: DictionaryCard, layer: number): string {
  return card.weights ?? `layer_${layer}.safetensors`;
}
