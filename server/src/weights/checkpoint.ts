import { LoupeError } from '@loupe/shared';
import type { ModelConfig } from '../model/config.ts';
import { showValue } from '../model/show-value.ts';
import type { WeightReader } from '../model/weight-reader.ts';
import { type CheckpointNames, checkpointNames, unusedNames } from './checkpoint-names.ts';
import { isFloatDtype } from './dtypes.ts';
import { announcedShape, type BlockShape, gpt2Tensors } from './gpt2-tensors.ts';
import { showShape } from './safetensors-header.ts';
import type { TensorFile } from './tensor-file.ts';

const EMBEDDING = 'wte.weight';
const HEAD = 'lm_head.weight';
const HEAD_BIAS = 'lm_head.bias';

/**
 * A GPT-2 checkpoint's weights by their Hugging Face names without `transformer.`, whatever the file has
 * before them. `lm_head.weight` is there only where the head is not tied to `wte.weight`; of a tied one a
 * file may have either name, and where it has both, `wte.weight` is read (see `isTied`).
 */
export class Checkpoint implements WeightReader {
  /** Heads and MLP width of each block, as the weights have them. */
  readonly blocks: readonly BlockShape[];
  /** Every tensor that is read, with its shape. */
  readonly tensors: readonly { readonly name: string; readonly shape: readonly number[] }[];
  /** Names in the file of tensors that are not used, mask buffers and a tied head's copy left out. */
  readonly unused: readonly string[];
  readonly #file: TensorFile;
  readonly #found: CheckpointNames;
  readonly #tied: boolean;
  readonly #names: ReadonlySet<string>;

  /**
   * Checks, before any is read, that the file has each tensor that the configuration asks for, in its
   * shape and as floats, and no block's tensor besides. A block's MLP may be narrower than the
   * configuration says, and where that lists no pruned heads for the block, its heads fewer: of those
   * `config.json` need not know.
   *
   * @throws LoupeError `LOUPE_BAD_FILE` for a tensor that is missing, `LOUPE_SHAPE_MISMATCH`,
   * `LOUPE_UNSUPPORTED_MODEL` for blocks with other parts than GPT-2's or weights of another dtype.
   */
  constructor(file: TensorFile, config: ModelConfig) {
    this.#file = file;
    this.#found = checkpointNames(file);
    this.#tied = config.tiedHead;
    const tensors: { name: string; shape: readonly number[] }[] = [];
    const blocks: BlockShape[] = [];
    const blockShape = (layer: number) => {
      const shape = this.#blockShape(config, layer);
      blocks.push(shape);
      return shape;
    };
    const used = new Set<string>(this.#found.head && config.tiedHead ? [this.#found.head] : []);
    for (const [name, shape] of gpt2Tensors(config, blockShape)) {
      this.#check(name, shape);
      tensors.push({ name, shape });
      used.add(this.#nameInFile(name));
    }
    this.tensors = tensors;
    this.#names = new Set(tensors.map(({ name }) => name));
    this.blocks = blocks;
    this.unused = unusedNames(file, this.#found.prefix, used);
    this.#refuseOtherBlocks();
  }

  has(name: string): boolean {
    return this.#names.has(name);
  }

  /**
   * Values of a tensor, row by row.
   *
   * @throws LoupeError as `TensorFile.readFloat32`
   */
  read(name: string): Float32Array {
    return this.#file.readFloat32(this.#nameInFile(name));
  }

  /**
   * False if the file has a head beside the embedding whose values are not the same, so that the model is
   * not tied, whatever `config.json` says. Reads both.
   */
  isTied(): boolean {
    const { head } = this.#found;
    const embedding = this.#nameInFile(EMBEDDING);
    if (head === undefined || head === embedding || !this.#file.has(head)) return true;
    const [one, other] = [embedding, head].map((name) => this.#file.readFloat32(name));
    return one?.length === other?.length && one?.every((value, i) => value === other?.[i]) === true;
  }

  #nameInFile(name: string): string {
    const { prefix, head } = this.#found;
    if (name === HEAD) return head ?? HEAD;
    if (name === HEAD_BIAS) return (head ?? HEAD).replace(/weight$/, 'bias');
    // Of two names for one tensor, some ways of saving keep the first in the alphabet.
    if (name === EMBEDDING && this.#tied && head && !this.#file.has(prefix + name)) return head;
    return prefix + name;
  }

  #blockShape(config: ModelConfig, layer: number): BlockShape {
    const { heads, dMlp } = announcedShape(config, layer);
    // How many parts of `each` columns a matrix has, or `most` where its shape makes no sense.
    const atMost = (most: number, matrix: string, each: number): number => {
      const name = this.#nameInFile(`h.${layer}.${matrix}.weight`);
      if (!this.#file.has(name)) return most;
      const [rows, columns = 0, ...more] = this.#file.info(name).shape;
      const parts = columns / each;
      const sound = rows === config.dModel && more.length === 0 && Number.isInteger(parts);
      return sound && parts >= 1 && parts <= most ? parts : most;
    };
    return {
      heads: config.prunedHeads.has(layer) ? heads : atMost(heads, 'attn.c_attn', 3 * config.dHead),
      dMlp: atMost(dMlp, 'mlp.c_fc', 1),
    };
  }

  #check(name: string, shape: readonly number[]): void {
    const nameInFile = this.#nameInFile(name);
    const { path } = this.#file;
    if (!this.#file.has(nameInFile)) {
      throw new LoupeError(
        'LOUPE_BAD_FILE',
        `${path} has no tensor ${nameInFile}. ${whyMissing(name)}`,
      );
    }
    const found = this.#file.info(nameInFile);
    if (found.shape.join() !== shape.join()) {
      throw new LoupeError(
        'LOUPE_SHAPE_MISMATCH',
        `${path}: ${nameInFile} is ${showShape(found.shape)}, config.json announces ${showShape(shape)}.`,
      );
    }
    if (!isFloatDtype(found.dtype)) {
      throw new LoupeError(
        'LOUPE_UNSUPPORTED_MODEL',
        `${path}: ${nameInFile} holds ${found.dtype}. Only F32, F16, BF16 and F64 weights can be loaded.`,
      );
    }
  }

  #refuseOtherBlocks(): void {
    const { prefix } = this.#found;
    const other = this.unused.find((name) => name.startsWith(`${prefix}h.`));
    if (other === undefined) return;
    throw new LoupeError(
      'LOUPE_UNSUPPORTED_MODEL',
      `${this.#file.path} has a tensor ${showValue(other)}, which the GPT-2 of config.json does not.`,
    );
  }
}

function whyMissing(name: string): string {
  return name === HEAD
    ? 'config.json says that the head is not tied to the embedding (tie_word_embeddings is false). If it ' +
        'is, set that to true.'
    : 'Either the file is incomplete or config.json belongs to another model.';
}
