import { LoupeError } from '@loupe/shared';
import { showValue } from './show-value.ts';

/** Activation functions of the MLP that the forward pass knows; `gelu_new` is the tanh form. */
export type ActivationFunction = 'gelu_new' | 'gelu' | 'relu' | 'silu' | 'tanh';

/** What a GPT-2-architecture checkpoint's `config.json` says, checked and with defaults filled in. */
export interface ModelConfig {
  /** Number of blocks. */
  layers: number;
  /** Attention heads in each block, before any was pruned. */
  heads: number;
  /** Heads that were pruned from a block, by its layer: the weights hold the others only. */
  prunedHeads: ReadonlyMap<number, readonly number[]>;
  /** Width of the residual stream; always `heads × dHead`. */
  dModel: number;
  /** Width of one head. */
  dHead: number;
  /** Width of the MLP's hidden layer; a block's weights may be narrower, of which the file says nothing. */
  dMlp: number;
  /** Longest prompt in tokens, BOS included; the number of rows of the position embedding. */
  context: number;
  /** Number of token ids; the number of rows of the token embedding. */
  vocabulary: number;
  /** What LayerNorm adds to the variance. */
  epsilon: number;
  activationFunction: ActivationFunction;
  /** True where attention scores are divided by √dHead. */
  scaleAttention: boolean;
  /** True where attention scores are divided by the block's number as well, counted from 1. */
  scaleByInverseLayer: boolean;
  /** True where the unembedding is the token embedding, whatever else the weights hold. */
  tiedHead: boolean;
  /**
   * Id of the token that begins a sequence; `null` where the file names none. It may be beyond the
   * vocabulary, as GPT-2's 50256 is where nobody set it for a smaller one: see `chooseBos`.
   */
  bosTokenId: number | null;
}

const ACTIVATION_FUNCTIONS: ReadonlyMap<unknown, ActivationFunction> = new Map([
  ['gelu_new', 'gelu_new'],
  ['gelu_pytorch_tanh', 'gelu_new'],
  ['gelu_fast', 'gelu_new'],
  ['gelu_accurate', 'gelu_new'],
  ['gelu', 'gelu'],
  ['gelu_python', 'gelu'],
  ['relu', 'relu'],
  ['silu', 'silu'],
  ['swish', 'silu'],
  ['tanh', 'tanh'],
]);

const ARCHITECTURES: readonly unknown[] = ['GPT2LMHeadModel', 'GPT2Model', 'GPT2DoubleHeadsModel'];

/** Far beyond any GPT-2, and small enough that products of two of them stay exact integers. */
const LARGEST_SIZE = 2 ** 24;

/**
 * Reads the parsed `config.json` of a Hugging Face GPT-2 checkpoint. Whatever the file leaves out
 * has the value that Hugging Face's own configuration class gives it.
 *
 * @param json the parsed file
 * @param file how messages name it
 * @throws LoupeError `LOUPE_UNSUPPORTED_MODEL` for another architecture or an option the forward
 * pass does not have, `LOUPE_BAD_FILE` for values that make no sense.
 */
export function parseModelConfig(json: unknown, file = 'config.json'): ModelConfig {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    throw new LoupeError('LOUPE_BAD_FILE', `${file} is not a JSON object.`);
  }
  const fields = new Map<string, unknown>(Object.entries(json));
  refuseOtherArchitectures(fields, file);

  const dModel = size(fields, file, ['n_embd', 'hidden_size'], 768);
  const heads = size(fields, file, ['n_head', 'num_attention_heads'], 12);
  if (dModel % heads !== 0) {
    throw new LoupeError(
      'LOUPE_BAD_FILE',
      `${file}: n_embd ${dModel} cannot be divided among ${heads} heads.`,
    );
  }
  const layers = size(fields, file, ['n_layer', 'num_hidden_layers'], 12);
  const vocabulary = size(fields, file, ['vocab_size'], 50257);
  return {
    layers,
    heads,
    prunedHeads: prunedHeads(fields, file, layers, heads),
    dModel,
    dHead: dModel / heads,
    dMlp: size(fields, file, ['n_inner'], 4 * dModel),
    context: size(fields, file, ['n_positions', 'max_position_embeddings', 'n_ctx'], 1024),
    vocabulary,
    epsilon: epsilon(fields, file),
    activationFunction: activationFunction(fields, file),
    scaleAttention: flag(fields, file, 'scale_attn_weights', true),
    scaleByInverseLayer: flag(fields, file, 'scale_attn_by_inverse_layer_idx', false),
    tiedHead: flag(fields, file, 'tie_word_embeddings', true),
    // GPT-2 has one token for both ends, so the end-of-sequence id serves where only it is given.
    bosTokenId: tokenId(fields, file, 'bos_token_id') ?? tokenId(fields, file, 'eos_token_id'),
  };
}

type Fields = ReadonlyMap<string, unknown>;

function refuseOtherArchitectures(fields: Fields, file: string): void {
  const refuse = (what: string): never => {
    throw new LoupeError(
      'LOUPE_UNSUPPORTED_MODEL',
      `${file} ${what}. Only GPT-2-architecture language models can be loaded.`,
    );
  };
  const type = fields.get('model_type');
  const listed = fields.get('architectures');
  const architectures: unknown[] = Array.isArray(listed) ? listed : [];
  const known = architectures.some((name) => ARCHITECTURES.includes(name));
  if (type === undefined ? !known : type !== 'gpt2') {
    refuse(`has model_type ${showValue(type)}`);
  }
  if (architectures.length > 0 && !known) refuse(`has architecture ${showValue(architectures[0])}`);
  if (fields.get('add_cross_attention') === true) refuse('asks for cross-attention');
  if (isPresent(fields.get('quantization_config'))) refuse('describes quantised weights');
}

/** `pruned_heads`, `{ "<layer>": [head, …] }`, counted as before pruning. */
function prunedHeads(
  fields: Fields,
  file: string,
  layers: number,
  heads: number,
): Map<number, number[]> {
  const pruned = fields.get('pruned_heads') ?? {};
  const bad = (what: string) => new LoupeError('LOUPE_BAD_FILE', `${file}: pruned_heads ${what}.`);
  if (typeof pruned !== 'object' || Array.isArray(pruned)) {
    throw bad(`is ${showValue(pruned)}, where an object of layers is expected`);
  }
  const found = new Map<number, number[]>();
  for (const [name, list] of Object.entries(pruned)) {
    const layer = Number(name);
    if (!/^\d+$/.test(name) || layer >= layers) {
      throw bad(`has ${showValue(name)}, which is not one of the ${layers} layers`);
    }
    const isHead = (head: unknown) => isWhole(head) && head >= 0 && head < heads;
    if (!Array.isArray(list) || !list.every(isHead)) {
      throw bad(`does not list heads from 0 to ${heads - 1} for layer ${layer}`);
    }
    const gone = [...new Set<number>(list)].sort((a, b) => a - b);
    if (gone.length === heads) {
      throw new LoupeError(
        'LOUPE_UNSUPPORTED_MODEL',
        `${file}: pruned_heads leaves layer ${layer} no head. Blocks without attention cannot be run.`,
      );
    }
    if (gone.length > 0) found.set(layer, gone);
  }
  return found;
}

/** The first of `names` that is present and not null, as a whole number of at least 1. */
function size(fields: Fields, file: string, names: readonly string[], fallback: number): number {
  const name = names.find((each) => isPresent(fields.get(each)));
  if (name === undefined) return fallback;
  const value = fields.get(name);
  if (!isWhole(value) || value < 1 || value > LARGEST_SIZE) {
    throw new LoupeError(
      'LOUPE_BAD_FILE',
      `${file}: ${name} is ${showValue(value)}, where a whole number from 1 to ${LARGEST_SIZE} is expected.`,
    );
  }
  return value;
}

function flag(fields: Fields, file: string, name: string, fallback: boolean): boolean {
  const value = fields.get(name);
  if (!isPresent(value)) return fallback;
  if (typeof value === 'boolean') return value;
  throw new LoupeError(
    'LOUPE_BAD_FILE',
    `${file}: ${name} is ${showValue(value)}, where true or false is expected.`,
  );
}

function epsilon(fields: Fields, file: string): number {
  const value = fields.get('layer_norm_epsilon') ?? 1e-5;
  if (typeof value === 'number' && value > 0 && value < 1) return value;
  throw new LoupeError(
    'LOUPE_BAD_FILE',
    `${file}: layer_norm_epsilon is ${showValue(value)}, where a number between 0 and 1 is expected.`,
  );
}

function activationFunction(fields: Fields, file: string): ActivationFunction {
  const name = fields.get('activation_function') ?? 'gelu_new';
  const known = ACTIVATION_FUNCTIONS.get(name);
  if (known !== undefined) return known;
  throw new LoupeError(
    'LOUPE_UNSUPPORTED_MODEL',
    `${file}: activation_function ${showValue(name)} is not supported. ` +
      `Supported are ${[...ACTIVATION_FUNCTIONS.keys()].join(', ')}.`,
  );
}

/** A token's id, of a list the first; `null` where none is given, which some write as −1. */
function tokenId(fields: Fields, file: string, name: string): number | null {
  const value = fields.get(name);
  const first: unknown = Array.isArray(value) ? value[0] : value;
  if (!isPresent(first) || first === -1) return null;
  if (isWhole(first) && first >= 0) return first;
  throw new LoupeError(
    'LOUPE_BAD_FILE',
    `${file}: ${name} is ${showValue(value)}, where the id of a token is expected.`,
  );
}

function isPresent(value: unknown): boolean {
  return value !== undefined && value !== null;
}

function isWhole(value: unknown): value is number {
  return Number.isSafeInteger(value);
}
