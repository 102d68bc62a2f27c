/**
 * Other names of hooks: those of TransformerLens 3's bridge and options, and of the modules of GPT-2 in
 * Hugging Face's transformers, of which a dictionary reads what the module gives. All but those of modules
 * were measured to be the same tensors on a model whose LayerNorm weights are not 1.
 *
 * `hook_normalized` is before LayerNorm's weight and bias in TransformerLens, in `HookedTransformer` and in
 * the bridge alike; after them it is `hook_out`, which is what attention, MLP and unembedding read.
 */
const IN_BLOCK: Readonly<Record<string, string>> = {
  hook_in: 'hook_resid_pre',
  hook_out: 'hook_resid_post',
  'ln1.hook_in': 'hook_resid_pre',
  hook_attn_in: 'hook_resid_pre',
  'attn.hook_attn_in': 'hook_resid_pre',
  hook_q_input: 'hook_resid_pre',
  hook_k_input: 'hook_resid_pre',
  hook_v_input: 'hook_resid_pre',
  'attn.hook_q_input': 'hook_resid_pre',
  'attn.hook_k_input': 'hook_resid_pre',
  'attn.hook_v_input': 'hook_resid_pre',
  'attn.hook_in': 'ln1.hook_out',
  'attn.qkv.hook_in': 'ln1.hook_out',
  'attn.q.hook_in': 'ln1.hook_out',
  'attn.k.hook_in': 'ln1.hook_out',
  'attn.v.hook_in': 'ln1.hook_out',
  'attn.q.hook_out': 'attn.hook_q',
  'attn.k.hook_out': 'attn.hook_k',
  'attn.v.hook_out': 'attn.hook_v',
  'attn.o.hook_in': 'attn.hook_z',
  'attn.o.hook_out': 'hook_attn_out',
  'attn.hook_hidden_states': 'hook_attn_out',
  'attn.hook_out': 'hook_attn_out',
  'ln2.hook_in': 'hook_resid_mid',
  hook_mlp_in: 'hook_resid_mid',
  'mlp.hook_in': 'ln2.hook_out',
  'mlp.in.hook_in': 'ln2.hook_out',
  'mlp.in.hook_out': 'mlp.hook_pre',
  'mlp.out.hook_in': 'mlp.hook_post',
  'mlp.out.hook_out': 'hook_mlp_out',
  'mlp.hook_out': 'hook_mlp_out',
};

const OUTSIDE: Readonly<Record<string, string>> = {
  'embed.hook_out': 'hook_embed',
  'pos_embed.hook_out': 'hook_pos_embed',
  'unembed.hook_in': 'ln_final.hook_out',
  'transformer.wte': 'hook_embed',
  'transformer.wpe': 'hook_pos_embed',
  'transformer.drop': 'blocks.0.hook_resid_pre',
  'transformer.ln_f': 'ln_final.hook_out',
};

/** Modules of a block, `transformer.h.{layer}` before them; the block itself has no name of its own. */
const MODULES: Readonly<Record<string, string>> = {
  '': 'hook_resid_post',
  ln_1: 'ln1.hook_out',
  attn: 'hook_attn_out',
  'attn.c_proj': 'hook_attn_out',
  'attn.resid_dropout': 'hook_attn_out',
  ln_2: 'ln2.hook_out',
  mlp: 'hook_mlp_out',
  'mlp.c_fc': 'mlp.hook_pre',
  'mlp.act': 'mlp.hook_post',
  'mlp.c_proj': 'hook_mlp_out',
  'mlp.dropout': 'hook_mlp_out',
};

const BLOCK = /^blocks\.([^.]+)\.(.+)$/;
const MODULE = /^(?:transformer\.)?(?:h|layers)\.([^.]+)(?:\.(.+))?$/;

/** What modules of a block take, where they are trained on from that to what they give. */
const MODULE_INPUTS: Readonly<Record<string, string>> = {
  '': 'hook_resid_pre',
  ln_1: 'hook_resid_pre',
  attn: 'ln1.hook_out',
  'attn.c_proj': 'attn.hook_z',
  'attn.resid_dropout': 'hook_attn_out',
  ln_2: 'hook_resid_mid',
  mlp: 'ln2.hook_out',
  'mlp.c_fc': 'ln2.hook_out',
  'mlp.act': 'mlp.hook_pre',
  'mlp.c_proj': 'mlp.hook_post',
  'mlp.dropout': 'hook_mlp_out',
};

/**
 * A hook by the name that Loupe has for it, whatever it is called: `blocks.2.hook_resid_post` for
 * `blocks.2.hook_out` and for `transformer.h.2`. `{layer}` may stand for the layer. A name that is not in
 * the table is given back.
 */
export function usualHook(name: string): string {
  const [, layer, rest = ''] = BLOCK.exec(name) ?? [];
  if (layer !== undefined) return `blocks.${layer}.${IN_BLOCK[rest] ?? rest}`;
  const [, ofModule, module = ''] = MODULE.exec(name) ?? [];
  const hook = ofModule !== undefined && Object.hasOwn(MODULES, module) && MODULES[module];
  if (hook) return `blocks.${ofModule}.${hook}`;
  // GPT2Model, unlike GPT2LMHeadModel, has its modules at the top.
  return OUTSIDE[name] ?? OUTSIDE[`transformer.${name}`] ?? name;
}

/** The hooks at a module's two ends. */
export interface ModuleHooks {
  layer: number;
  input: string;
  output: string;
}

/**
 * The hooks at the two ends of a module of a block, by its name in Hugging Face's transformers:
 * `transformer.h.3.mlp`, `h.3`. Attention and MLP take what comes after their LayerNorm's weight and bias.
 *
 * @returns `undefined` for a name that is no such module's
 */
export function moduleHooks(name: string): ModuleHooks | undefined {
  const [, layer = '', module = ''] = MODULE.exec(name) ?? [];
  const input = Object.hasOwn(MODULE_INPUTS, module) && MODULE_INPUTS[module];
  if (!/^\d{1,4}$/.test(layer) || !input) return undefined;
  return {
    layer: Number(layer),
    input: `blocks.${Number(layer)}.${input}`,
    output: usualHook(`h.${Number(layer)}${module && `.${module}`}`),
  };
}
