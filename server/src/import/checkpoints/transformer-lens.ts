import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { LoupeError } from '@loupe/shared';
import type { JsonObject } from '../../model/json-object.ts';
import { showValue } from '../../model/show-value.ts';
import type { TorchFile } from '../../weights/pytorch/torch-file.ts';
import { showShape } from '../../weights/safetensors-header.ts';
import type { TensorFile } from '../../weights/tensor-file.ts';
import { hasTokenizer, TOKENIZER_FILES } from '../../weights/tokenizer-folder.ts';
import type { CheckpointForm } from './form.ts';
import { copyInto, leftOut } from './hugging-face.ts';
import {
  asGpt2Config,
  headsOf,
  type LensSizes,
  lensConfig,
  refuse,
} from './transformer-lens-config.ts';
import { holds, type WeightsPlace, weightsPlace, withWeights } from './weights-place.ts';
import { type CheckpointTensor, transposed, writeCheckpoint } from './write-checkpoint.ts';

/** Of HookedTransformer, and of TransformerBridge, which has taken its place in TransformerLens 3. */
const EMBEDDINGS = ['embed.W_E', 'embed.weight'];
/** Buffers that are no weights. */
const BUFFER = /\.attn\.(mask|IGNORE)$/;
const LETTERS = ['q', 'k', 'v'] as const;

/**
 * A state dict of TransformerLens, as `torch.save(model.state_dict(), "model.pth")` writes it: of a
 * HookedTransformer or a TransformerBridge, processed (LayerNorm folded, writing weights centred) or not.
 * Its configuration is looked for beside it as JSON, or in the same file as `cfg`.
 */
export const transformerLens: CheckpointForm = {
  name: "TransformerLens's state dict",

  recognizes(path) {
    return holds(weightsPlace(path, 'model.pth'), (file) => prefixOf(file) !== undefined);
  },

  async stage(path, folder) {
    const place = weightsPlace(path, 'model.pth') as WeightsPlace;
    const staged = withWeights(place.file, (file) => {
      const reader = new StateDict(file, prefixOf(file) ?? '');
      return reader.write(folder, lensConfig(file, place));
    });
    if (hasTokenizer(place.folder)) {
      for (const name of readdirSync(place.folder)) {
        const isPart = TOKENIZER_FILES.some((each) => each === name);
        if (isPart) await copyInto(folder, name, join(place.folder, name));
      }
    }
    return staged;
  },
};

/** What stands before the names, of a file that has an embedding and positions of TransformerLens. */
function prefixOf({ names }: TensorFile | TorchFile): string | undefined {
  const known = new Set(names);
  for (const embedding of EMBEDDINGS) {
    for (const name of names) {
      if (name !== embedding && !name.endsWith(`.${embedding}`)) continue;
      const prefix = name.slice(0, -embedding.length);
      const parts = ['attn.W_Q', 'attn.q.weight'].map((part) => `${prefix}blocks.0.${part}`);
      if (parts.some((part) => known.has(part))) return prefix;
    }
  }
  return undefined;
}

/** A model's weights by TransformerLens's names, written as GPT-2's. */
class StateDict {
  readonly #file: TensorFile | TorchFile;
  readonly #prefix: string;
  /** True for names and layouts of HookedTransformer. */
  readonly #isHooked: boolean;
  readonly #used = new Set<string>();

  constructor(file: TensorFile | TorchFile, prefix: string) {
    this.#file = file;
    this.#prefix = prefix;
    this.#isHooked = file.has(`${prefix}embed.W_E`);
  }

  write(folder: string, cfg: JsonObject | undefined) {
    const { path } = this.#file;
    const [positions, mlp] = ['pos_embed', 'blocks.0.mlp.in'].map((name) => this.#weight(name));
    if (!this.#has(positions as string)) refuse(path, 'it has no learned positions');
    if (!this.#has(mlp as string)) refuse(path, 'it has no MLPs');
    const [vocabulary = 0, dModel = 0] = this.#shape(this.#weight('embed'));
    const [hooked = 0, , ofHead = 0] = this.#isHooked ? this.#shape('blocks.0.attn.W_Q') : [];
    const heads = this.#isHooked ? hooked : headsOf(cfg, path);
    let layers = 0;
    while (this.#has(this.#weight(`blocks.${layers}.attn.q`))) layers++;
    const bias = this.#bias('unembed');
    const sizes = {
      layers,
      heads,
      dModel,
      dHead: this.#isHooked ? ofHead : dModel / heads,
      dMlp: this.#shape(mlp as string)[1] ?? 0,
      context: this.#shape(positions as string)[0] ?? 0,
      vocabulary,
      headBias: this.#has(bias) && this.#read(bias).some((value) => value !== 0),
      folded: !this.#has(this.#weight('ln_final')),
    };
    const { config, warnings, tokenizers } = asGpt2Config(cfg, sizes, path);
    writeCheckpoint(folder, config, this.#tensors(sizes));
    const unused = this.#file.names.filter(
      (name) => name.startsWith(this.#prefix) && !this.#used.has(name) && !BUFFER.test(name),
    );
    return { warnings: [...warnings, ...leftOut(unused)], tokenizers };
  }

  #tensors({ layers, heads, dModel, dHead, dMlp, context, vocabulary, headBias }: LensSizes) {
    const asIs = (name: string, from: string, shape: number[]): CheckpointTensor => {
      this.#expect(from, shape);
      return { name, shape, read: () => this.#read(from) };
    };
    const both = (name: string, from: string, inputs: number, outputs: number) => [
      asIs(`${name}.weight`, this.#weight(from), [inputs, outputs]),
      asIs(`${name}.bias`, this.#bias(from), [outputs]),
    ];
    const norm = (name: string, from: string) => [
      this.#norm(`${name}.weight`, this.#weight(from), dModel, 1),
      this.#norm(`${name}.bias`, this.#bias(from), dModel, 0),
    ];
    const tensors = [
      asIs('wte.weight', this.#weight('embed'), [vocabulary, dModel]),
      asIs('wpe.weight', this.#weight('pos_embed'), [context, dModel]),
    ];
    for (let layer = 0; layer < layers; layer++) {
      const [from, to] = [`blocks.${layer}`, `h.${layer}`];
      tensors.push(
        ...norm(`${to}.ln_1`, `${from}.ln1`),
        ...this.#projections(`${from}.attn`, `${to}.attn.c_attn`, heads, dModel, dHead),
        this.#output(`${from}.attn`, `${to}.attn.c_proj.weight`, heads, dModel, dHead),
        asIs(`${to}.attn.c_proj.bias`, this.#bias(`${from}.attn.o`), [dModel]),
        ...norm(`${to}.ln_2`, `${from}.ln2`),
        ...both(`${to}.mlp.c_fc`, `${from}.mlp.in`, dModel, dMlp),
        ...both(`${to}.mlp.c_proj`, `${from}.mlp.out`, dMlp, dModel),
      );
    }
    tensors.push(...norm('ln_f', 'ln_final'), this.#head(vocabulary, dModel));
    const bias = this.#bias('unembed');
    if (headBias) tensors.push(asIs('lm_head.bias', bias, [vocabulary]));
    else if (this.#has(bias)) this.#expect(bias, [vocabulary]);
    return tensors;
  }

  /** Folded into what reads it, a LayerNorm has weight 1 and bias 0. */
  #norm(name: string, from: string, dModel: number, folded: number): CheckpointTensor {
    const shape = [dModel];
    if (!this.#has(from)) {
      return { name, shape, read: () => new Float32Array(dModel).fill(folded) };
    }
    this.#expect(from, shape);
    return { name, shape, read: () => this.#read(from) };
  }

  /** Queries, keys and values side by side: `[d_model, 3 · head · d_head]`, and their biases. */
  #projections(
    from: string,
    to: string,
    heads: number,
    dModel: number,
    dHead: number,
  ): CheckpointTensor[] {
    const width = heads * dHead;
    for (const letter of LETTERS) {
      const name = `${from}.${letter}`;
      this.#expect(this.#weight(name), this.#isHooked ? [heads, dModel, dHead] : [width, dModel]);
      this.#expect(this.#bias(name), this.#isHooked ? [heads, dHead] : [width]);
    }
    return [
      {
        name: `${to}.weight`,
        shape: [dModel, 3 * width],
        read: () => {
          const joined = new Float32Array(dModel * 3 * width);
          for (const [part, letter] of LETTERS.entries()) {
            const values = this.#read(this.#weight(`${from}.${letter}`));
            // [head, d_model, d_head], or, of an nn.Linear, [head · d_head, d_model].
            for (let column = 0; column < width; column++) {
              const [h, d] = [Math.floor(column / dHead), column % dHead];
              for (let m = 0; m < dModel; m++) {
                const at = this.#isHooked ? (h * dModel + m) * dHead + d : column * dModel + m;
                joined[(m * 3 + part) * width + column] = values[at] as number;
              }
            }
          }
          return joined;
        },
      },
      {
        name: `${to}.bias`,
        shape: [3 * width],
        read: () => {
          const joined = new Float32Array(3 * width);
          for (const [part, letter] of LETTERS.entries()) {
            joined.set(this.#read(this.#bias(`${from}.${letter}`)), part * width);
          }
          return joined;
        },
      },
    ];
  }

  /** W_O, `[head, d_head, d_model]` or `[head · d_head, d_model]`, whose values lie alike. */
  #output(from: string, name: string, heads: number, dModel: number, dHead: number) {
    const own = this.#weight(`${from}.o`);
    this.#expect(own, this.#isHooked ? [heads, dHead, dModel] : [heads * dHead, dModel]);
    return { name, shape: [heads * dHead, dModel], read: () => this.#read(own) };
  }

  #head(vocabulary: number, dModel: number): CheckpointTensor {
    const own = this.#weight('unembed');
    const shape = [vocabulary, dModel];
    this.#expect(own, this.#isHooked ? [dModel, vocabulary] : shape);
    const read = () =>
      this.#isHooked ? transposed(this.#read(own), dModel, vocabulary) : this.#read(own);
    return { name: 'lm_head.weight', shape, read };
  }

  /** `blocks.0.attn.q` is `blocks.0.attn.W_Q` of a HookedTransformer, else `blocks.0.attn.q.weight`. */
  #weight(name: string): string {
    return this.#isHooked ? hookedName(name, 'W', 'w') : `${name}.weight`;
  }

  #bias(name: string): string {
    return this.#isHooked ? hookedName(name, 'b', 'b') : `${name}.bias`;
  }

  #has(name: string): boolean {
    return this.#file.has(this.#prefix + name);
  }

  #shape(name: string): readonly number[] {
    const whole = this.#prefix + name;
    if (this.#has(name)) return this.#file.info(whole).shape;
    throw new LoupeError('LOUPE_BAD_FILE', `${this.#file.path} has no tensor ${showValue(whole)}.`);
  }

  #expect(name: string, shape: readonly number[]): void {
    const found = this.#shape(name);
    this.#used.add(this.#prefix + name);
    if (found.join() === shape.join()) return;
    throw new LoupeError(
      'LOUPE_SHAPE_MISMATCH',
      `${this.#file.path}: ${name} is ${showShape(found)}, where ${showShape(shape)} is expected.`,
    );
  }

  #read(name: string): Float32Array {
    return this.#file.readFloat32(this.#prefix + name);
  }
}

/** What HookedTransformer calls the parts that TransformerBridge calls `q`, `in` or `embed`. */
const HOOKED: Readonly<Record<string, string>> = {
  embed: 'E',
  pos_embed: 'pos',
  unembed: 'U',
  q: 'Q',
  k: 'K',
  v: 'V',
  o: 'O',
};

function hookedName(name: string, kind: 'W' | 'b', ofNorm: 'w' | 'b'): string {
  const parts = name.split('.');
  const last = parts.at(-1) as string;
  if (last.startsWith('ln')) return `${name}.${ofNorm}`;
  if (name.includes('embed')) return `${name}.${kind}_${HOOKED[last]}`;
  return [...parts.slice(0, -1), `${kind}_${HOOKED[last] ?? last}`].join('.');
}
