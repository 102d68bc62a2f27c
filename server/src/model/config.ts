import { LoupeError } from '@loupe/shared';
import { type Static, type TSchema, Type } from 'typebox';
import { checked, withoutNulls } from '../checked.ts';
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
   * True where the unembedding has a bias. GPT-2's has none; Loupe writes `lm_head_bias` for models of
   * TransformerLens, whose `b_U` may be trained, or hold what was folded into it.
   */
  headBias?: boolean;
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

const Anything = Type.Optional(Type.Unknown());

/** What decides whether a file is a GPT-2's, whatever else is in it. */
const Kind = Type.Object(
  {
    model_type: Anything,
    architectures: Anything,
    add_cross_attention: Anything,
    is_causal: Anything,
    quantization_config: Anything,
  },
  { expected: 'a JSON object' },
);

const Size = optional(
  Type.Integer({ minimum: 1, maximum: LARGEST_SIZE }),
  `a whole number from 1 to ${LARGEST_SIZE}`,
);
const Flag = optional(Type.Boolean(), 'true or false');
const Id = Type.Integer({ minimum: -1, maximum: Number.MAX_SAFE_INTEGER });
const TokenId = optional(Type.Union([Id, Type.Array(Id)]), 'the id of a token');

/** The fields that are read; what is null counts as left out. */
const Fields = Type.Object({
  n_embd: Size,
  hidden_size: Size,
  n_head: Size,
  num_attention_heads: Size,
  n_layer: Size,
  num_hidden_layers: Size,
  vocab_size: Size,
  n_inner: Size,
  n_positions: Size,
  max_position_embeddings: Size,
  n_ctx: Size,
  layer_norm_epsilon: optional(
    Type.Number({ exclusiveMinimum: 0, exclusiveMaximum: 1 }),
    'a number between 0 and 1',
  ),
  activation_function: Anything,
  scale_attn_weights: Flag,
  scale_attn_by_inverse_layer_idx: Flag,
  tie_word_embeddings: Flag,
  lm_head_bias: Flag,
  bos_token_id: TokenId,
  eos_token_id: TokenId,
  pruned_heads: optional(
    Type.Record(Type.String(), Type.Array(Type.Integer())),
    'an object that lists heads by layer',
  ),
});
type Fields = Static<typeof Fields>;

/** A field that may be missing, and what a message says that it may be. */
function optional<Schema extends TSchema>(schema: Schema, expected: string) {
  return Type.Optional({ ...schema, expected });
}

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
  refuseOtherArchitectures(checked(Kind, json, 'LOUPE_BAD_FILE', file), file);
  const fields = checked(Fields, withoutNulls(json), 'LOUPE_BAD_FILE', file);

  const dModel = fields.n_embd ?? fields.hidden_size ?? 768;
  const heads = fields.n_head ?? fields.num_attention_heads ?? 12;
  if (dModel % heads !== 0) {
    throw new LoupeError(
      'LOUPE_BAD_FILE',
      `${file}: n_embd ${dModel} cannot be divided among ${heads} heads.`,
    );
  }
  const layers = fields.n_layer ?? fields.num_hidden_layers ?? 12;
  return {
    layers,
    heads,
    prunedHeads: prunedHeads(fields, file, layers, heads),
    dModel,
    dHead: dModel / heads,
    dMlp: fields.n_inner ?? 4 * dModel,
    context: fields.n_positions ?? fields.max_position_embeddings ?? fields.n_ctx ?? 1024,
    vocabulary: fields.vocab_size ?? 50257,
    epsilon: fields.layer_norm_epsilon ?? 1e-5,
    activationFunction: activationFunction(fields, file),
    scaleAttention: fields.scale_attn_weights ?? true,
    scaleByInverseLayer: fields.scale_attn_by_inverse_layer_idx ?? false,
    tiedHead: fields.tie_word_embeddings ?? true,
    // GPT-2 has one token for both ends, so the end-of-sequence id serves where only it is given.
    bosTokenId: tokenId(fields.bos_token_id) ?? tokenId(fields.eos_token_id),
    ...(fields.lm_head_bias && { headBias: true }),
  };
}

function refuseOtherArchitectures(kind: Static<typeof Kind>, file: string): void {
  const refuse = (what: string): never => {
    throw new LoupeError(
      'LOUPE_UNSUPPORTED_MODEL',
      `${file} ${what}. Only GPT-2-architecture language models can be loaded.`,
    );
  };
  const { model_type: type, quantization_config: quantization } = kind;
  const architectures: unknown[] = Array.isArray(kind.architectures) ? kind.architectures : [];
  const known = architectures.some((name) => ARCHITECTURES.includes(name));
  if (type === undefined ? !known : type !== 'gpt2') {
    refuse(`has model_type ${showValue(type)}`);
  }
  if (architectures.length > 0 && !known) refuse(`has architecture ${showValue(architectures[0])}`);
  if (kind.add_cross_attention === true) refuse('asks for cross-attention');
  if (kind.is_causal === false) refuse('lets attention look ahead (is_causal is false)');
  if (quantization !== undefined && quantization !== null) refuse('describes quantised weights');
}

/** `pruned_heads`, `{ "<layer>": [head, …] }`, counted as before pruning. */
function prunedHeads(
  fields: Fields,
  file: string,
  layers: number,
  heads: number,
): Map<number, number[]> {
  const bad = (what: string) => new LoupeError('LOUPE_BAD_FILE', `${file}: pruned_heads ${what}.`);
  const found = new Map<number, number[]>();
  for (const [name, list] of Object.entries(fields.pruned_heads ?? {})) {
    const layer = Number(name);
    if (!/^\d+$/.test(name) || layer >= layers) {
      throw bad(`has ${showValue(name)}, which is not one of the ${layers} layers`);
    }
    if (!list.every((head) => head >= 0 && head < heads)) {
      throw bad(`does not list heads from 0 to ${heads - 1} for layer ${layer}`);
    }
    const gone = [...new Set(list)].sort((a, b) => a - b);
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

function activationFunction(fields: Fields, file: string): ActivationFunction {
  const name = fields.activation_function ?? 'gelu_new';
  const known = ACTIVATION_FUNCTIONS.get(name);
  if (known !== undefined) return known;
  throw new LoupeError(
    'LOUPE_UNSUPPORTED_MODEL',
    `${file}: activation_function ${showValue(name)} is not supported. ` +
      `Supported are ${[...ACTIVATION_FUNCTIONS.keys()].join(', ')}.`,
  );
}

/** A token's id, of a list the first; `null` where none is given, which some write as −1. */
function tokenId(value: number | readonly number[] | undefined): number | null {
  const first = typeof value === 'number' ? value : value?.[0];
  return first === undefined || first === -1 ? null : first;
}
