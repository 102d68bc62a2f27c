import { LoupeError } from '@loupe/shared';
import { isObject, type JsonObject } from '../../model/json-object.ts';
import { showValue } from '../../model/show-value.ts';
import type { TorchFile } from '../../weights/pytorch/torch-file.ts';
import type { TensorFile } from '../../weights/tensor-file.ts';

/** What peft puts before the names of the model that it wraps, and that before its backbone's. */
const WRAPPER = /^base_model\.model\.(?:transformer\.)?/;
const KEY =
  /^(.+?)\.(?:(lora_A|lora_B)\.(weight|bias)|(lora_embedding_A|lora_embedding_B)|(lora_magnitude_vector)(?:\.weight)?|(?:base_layer\.|modules_to_save\.)?(weight|bias))$/;

interface Module {
  /** In the file, by part. */
  a?: string;
  b?: string;
  bBias?: string;
  magnitude?: string;
  isEmbedding: boolean;
  /** Weight and bias that replace the base's. */
  weight?: string;
  bias?: string;
}

/** The modules that a LoRA adapter changes, by their Hugging Face names without `transformer.`. */
export class AdapterModules {
  readonly #file: TensorFile | TorchFile;
  readonly #settings: JsonObject;
  readonly #modules = new Map<string, Module>();

  /** @throws LoupeError `LOUPE_UNSUPPORTED_MODEL` for a tensor whose meaning is not known */
  constructor(file: TensorFile | TorchFile, settings: JsonObject) {
    this.#file = file;
    this.#settings = settings;
    for (const key of file.names) {
      // What stood in the place of a module that was trained as a whole: peft keeps it and does not run it.
      if (key.includes('.original_module.')) continue;
      const parts = KEY.exec(key.replace(WRAPPER, ''));
      if (!parts || !WRAPPER.test(key)) {
        throw new LoupeError(
          'LOUPE_UNSUPPORTED_MODEL',
          `${file.path} has a tensor ${showValue(key)}, which is not known of LoRA. Merge it in Python: ` +
            'PeftModel.from_pretrained(base, folder).merge_and_unload().save_pretrained(merged).',
        );
      }
      const [, name, matrix, ofMatrix, embedding, magnitude, whole] = parts as (
        | string
        | undefined
      )[];
      const module = this.#modules.get(name as string) ?? { isEmbedding: false };
      this.#modules.set(name as string, module);
      if (matrix && ofMatrix === 'bias') module.bBias = key;
      else if (matrix) module[matrix === 'lora_A' ? 'a' : 'b'] = key;
      else if (embedding) {
        module[embedding === 'lora_embedding_A' ? 'a' : 'b'] = key;
        module.isEmbedding = true;
      } else if (magnitude) module.magnitude = key;
      else module[whole === 'bias' ? 'bias' : 'weight'] = key;
    }
  }

  changes(name: string): boolean {
    return this.#modules.has(name);
  }

  /** True if it has another weight in place of the base's. */
  replaces(name: string): boolean {
    return this.#modules.get(name)?.weight !== undefined;
  }

  /** Shape of a tensor that it replaces. */
  shapeOf(tensor: string): readonly number[] | undefined {
    const { module, part } = this.#of(tensor);
    const key = part === 'bias' ? module?.bias : module?.weight;
    return key === undefined ? undefined : this.#file.info(key).shape;
  }

  /** Modules that are not among a model's tensors. */
  unplaced(tensors: ReadonlySet<string>): string[] {
    return [...this.#modules.keys()].filter(
      (name) => !tensors.has(`${name}.weight`) && !tensors.has(`${name}.bias`),
    );
  }

  /**
   * A tensor with what the adapter changes of it.
   *
   * @param shape of the base's
   */
  apply(tensor: string, shape: readonly number[], base: () => Float32Array): Float32Array {
    const { name, module, part } = this.#of(tensor);
    if (module === undefined) return base();
    const replacement = part === 'bias' ? module.bias : module.weight;
    const values = replacement === undefined ? base() : this.#file.readFloat32(replacement);
    const { a, b } = module;
    if (a === undefined || b === undefined) return values;
    const rank = this.#file.info(a).shape[0] ?? 1;
    const scale = this.#scale(name, rank);
    if (part === 'bias') {
      if (module.bBias === undefined) return values;
      const more = this.#file.readFloat32(module.bBias);
      return values.map((value, i) => value + scale * (more[i] as number));
    }
    const [rows = 0, columns = 0] = shape;
    // GPT-2's matrices are [in, out], as embeddings are; the head, an nn.Linear, is [out, in].
    const isTurned = name === 'lm_head';
    const [inputs, outputs] = isTurned ? [columns, rows] : [rows, columns];
    this.#expect(a, [rank, inputs]);
    this.#expect(b, [outputs, rank]);
    const A = this.#file.readFloat32(a);
    const B = this.#file.readFloat32(b);
    const sum = Float64Array.from(values);
    for (let i = 0; i < inputs; i++) {
      for (let o = 0; o < outputs; o++) {
        let dot = 0;
        for (let r = 0; r < rank; r++) {
          dot += (A[r * inputs + i] as number) * (B[o * rank + r] as number);
        }
        const at = isTurned ? o * inputs + i : i * outputs + o;
        sum[at] = (sum[at] as number) + scale * dot;
      }
    }
    if (module.magnitude !== undefined) {
      this.#rescale(sum, module.magnitude, inputs, outputs, isTurned, module.isEmbedding);
    }
    return Float32Array.from(sum);
  }

  /** DoRA (Liu et al., 2024): what goes to each output has the length that was trained for it. */
  #rescale(
    sum: Float64Array,
    key: string,
    inputs: number,
    outputs: number,
    isTurned: boolean,
    isEmbedding: boolean,
  ): void {
    const magnitude = this.#file.readFloat32(key);
    if (isEmbedding || magnitude.length !== outputs) {
      throw new LoupeError(
        'LOUPE_UNSUPPORTED_MODEL',
        `${this.#file.path}: ${showValue(key)} is not the length of each output.`,
      );
    }
    for (let o = 0; o < outputs; o++) {
      const at = (i: number) => (isTurned ? o * inputs + i : i * outputs + o);
      let squares = 0;
      for (let i = 0; i < inputs; i++) squares += (sum[at(i)] as number) ** 2;
      const factor = (magnitude[o] as number) / Math.sqrt(squares);
      for (let i = 0; i < inputs; i++) sum[at(i)] = (sum[at(i)] as number) * factor;
    }
  }

  /** alpha/r, or alpha/√r (rsLoRA), with the alpha of the pattern that the module's name ends with. */
  #scale(name: string, rank: number): number {
    const { lora_alpha: alpha, alpha_pattern: patterns, use_rslora: isStable } = this.#settings;
    const whole = name === 'lm_head' ? name : `transformer.${name}`;
    const own = isObject(patterns)
      ? Object.entries(patterns).find(([pattern]) => matches(pattern, whole, this.#file.path))
      : undefined;
    const value = own?.[1] ?? alpha;
    if (typeof value !== 'number') {
      throw new LoupeError('LOUPE_BAD_FILE', `${this.#file.path}: lora_alpha is not a number.`);
    }
    return isStable === true ? value / Math.sqrt(rank) : value / rank;
  }

  #expect(key: string, shape: readonly number[]): void {
    if (this.#file.info(key).shape.join() === shape.join()) return;
    throw new LoupeError(
      'LOUPE_SHAPE_MISMATCH',
      `${this.#file.path}: ${key} does not fit the base. Is it another model's adapter?`,
    );
  }

  #of(tensor: string) {
    const [, name = tensor, part] = /^(.+)\.(weight|bias)$/.exec(tensor) ?? [];
    return { name, module: this.#modules.get(name), part };
  }
}

/** True if a name is a pattern's, or ends with it after a dot. */
function matches(pattern: string, name: string, file: string): boolean {
  if (!/^[\w.]+$/.test(pattern)) {
    throw new LoupeError(
      'LOUPE_UNSUPPORTED_MODEL',
      `${file}: alpha_pattern has ${showValue(pattern)}, which is more than a module's name.`,
    );
  }
  return name === pattern || name.endsWith(`.${pattern}`);
}
