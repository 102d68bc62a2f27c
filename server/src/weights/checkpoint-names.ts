import { LoupeError } from '@loupe/shared';
import { showValue } from '../model/show-value.ts';
import { isMaskBuffer } from './gpt2-tensors.ts';
import type { TensorFile } from './tensor-file.ts';

/** A tensor of GPT-2's blocks, embeddings or last LayerNorm, after whatever stands before its name. */
const PART =
  /^((?:[^.]+\.)*?)((?:wte|wpe)\.weight|ln_f\.(?:weight|bias)|h\.\d+\.(?:ln_1|ln_2|attn|mlp|crossattention|ln_cross_attn)\..+)$/;
const HEAD = /^((?:[^.]+\.)*?)lm_head\.weight$/;

/** The model's own prefix in Hugging Face's layout, which it prefers where a file has several. */
const USUAL = ['transformer.', ''];

/** Which tensors of a file are those of a GPT-2, whatever stands before their names. */
export interface CheckpointNames {
  /**
   * What stands before the names of the backbone: `transformer.`, nothing, and in front of either what
   * wrappers add, such as `module.` or `_orig_mod.`.
   */
  readonly prefix: string;
  /** Name of the unembedding, if it is there. */
  readonly head: string | undefined;
}

/**
 * Finds the names by any of the tensors, since each may be missing from a file.
 *
 * @throws LoupeError `LOUPE_BAD_FILE` for a file without any of them, or with several models
 */
export function checkpointNames({ path, names }: TensorFile): CheckpointNames {
  const prefixes = new Set<string>();
  const heads = new Map<string, string>();
  for (const name of names) {
    const part = PART.exec(name)?.[1];
    const head = HEAD.exec(name)?.[1];
    if (part !== undefined) prefixes.add(part);
    if (head !== undefined) heads.set(head, name);
  }
  const [only, ...others] = prefixes;
  const prefix = others.length === 0 ? only : USUAL.find((usual) => prefixes.has(usual));
  if (prefix !== undefined) {
    const root = prefix.replace(/transformer\.$/, '');
    const sole = heads.size === 1 ? [...heads.values()][0] : undefined;
    return { prefix, head: heads.get(root) ?? heads.get(prefix) ?? sole };
  }
  throw new LoupeError(
    'LOUPE_BAD_FILE',
    only === undefined
      ? `${path} has no tensor of a GPT-2, such as transformer.wte.weight. It has ` +
          `${names.slice(0, 3).map(showValue).join(', ')}${names.length > 3 ? ' …' : ''}.`
      : `${path} holds several models, whose names begin with ${[...prefixes].map(showValue).join(' and ')}. ` +
          'Save the one that is meant alone.',
  );
}

/** Tensors of a file that are neither among those used nor causal-mask buffers, which nothing needs. */
export function unusedNames(
  { names }: TensorFile,
  prefix: string,
  used: ReadonlySet<string>,
): string[] {
  return names.filter((name) => {
    const bare = name.startsWith(prefix) ? name.slice(prefix.length) : name;
    return !used.has(name) && !isMaskBuffer(bare);
  });
}
