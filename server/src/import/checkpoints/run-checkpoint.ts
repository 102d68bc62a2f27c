import type { Architecture, Example } from '@loupe/shared';
import { runSample } from '../../evaluation/sample.ts';
import type { ModelConfig } from '../../model/config.ts';
import { Gpt2 } from '../../model/gpt2.ts';
import type { Tokenizer } from '../../model/tokenizer.ts';
import type { Kernels } from '../../tensor/kernels.ts';
import { readModelFolder } from '../../weights/model-folder.ts';

/** A checkpoint whose tokens are about as surprising as chance has the wrong tokenizer or no training. */
const CHANCE_SHARE = 0.85;

/** What the page offers to try with a model that brings no examples. */
const EXAMPLES: readonly Example[] = [
  {
    title: 'Indirect object',
    prompt: 'When Mary and John went to the store, John gave a drink to',
  },
  { title: 'Years of a war', prompt: 'The war lasted from the year 1732 to the year 17' },
  {
    title: 'Induction',
    prompt: 'Mr Tomlins met Mrs Haverly at noon. In the evening Mr Tomlins met Mrs Haver',
  },
];
const EXAMPLE_IDS = 8;

/** Runs a checkpoint in Hugging Face's layout on sample texts and says what looks wrong. */
export function runCheckpoint(
  folder: string,
  kernels: Kernels,
): { surprisal: number; tokenizer: Tokenizer; warnings: string[] } {
  const { config, tokenizer, weights, close } = readModelFolder(folder);
  try {
    const gpt2 = Gpt2.load(config, weights, kernels);
    const sample = runSample(gpt2, tokenizer, [], []);
    sample.dispose();
    gpt2.dispose();
    const { surprisal } = sample;
    const warnings = [...bosWarnings(config, tokenizer), ...rowWarnings(config, tokenizer)];
    if (tokenizer.hasText && surprisal > CHANCE_SHARE * Math.log(config.vocabulary)) {
      warnings.push(
        `Tokens of ordinary texts surprise it by ${surprisal.toFixed(1)} nats, as much as chance would. ` +
          'Either it is not trained, or the tokenizer is not its own.',
      );
    }
    return { surprisal, tokenizer, warnings };
  } finally {
    close();
  }
}

/** Prompts that a model can take. */
export function examplesFor(
  tokenizer: Tokenizer,
  { context, vocabulary }: Pick<Architecture, 'context' | 'vocabulary'>,
): Example[] {
  const fitting = EXAMPLES.filter(
    ({ prompt }) =>
      tokenizer.hasText &&
      tokenizer.writable(prompt) === prompt &&
      tokenizer.withBos(tokenizer.encode(prompt)).length <= context,
  );
  if (fitting.length > 0) return fitting;
  const count = Math.min(EXAMPLE_IDS, context - tokenizer.withBos([]).length, vocabulary);
  const ids = Array.from({ length: count }, (_, i) => Math.floor((i * vocabulary) / count));
  if (!tokenizer.hasText) return [{ title: 'Token ids', prompt: ids.join(' ') }];
  return [{ title: 'Tokens', prompt: ids.map((id) => tokenizer.text(id)).join('') }];
}

function bosWarnings({ bosTokenId, vocabulary }: ModelConfig, tokenizer: Tokenizer): string[] {
  const { bosId } = tokenizer;
  if (bosTokenId === bosId || (bosTokenId === null && bosId !== undefined)) return [];
  const used =
    bosId === undefined
      ? 'No token is put before prompts.'
      : `Prompts begin with ${JSON.stringify(tokenizer.text(bosId))} (${bosId}) instead.`;
  if (bosTokenId === null) return [`Nothing says which token begins a sequence. ${used}`];
  const why = bosTokenId < vocabulary ? 'the tokenizer another' : `there are ${vocabulary} tokens`;
  return [`config.json names the token ${bosTokenId} as BOS, and ${why}. ${used}`];
}

/** Added tokens without an embedding, such as a pad token that nobody made room for. */
function rowWarnings({ vocabulary }: ModelConfig, tokenizer: Tokenizer): string[] {
  const beyond = tokenizer.tokensFrom(vocabulary);
  if (beyond.length === 0) return [];
  const some = beyond.slice(0, 6).map((text) => JSON.stringify(text));
  const more = beyond.length > 6 ? ` and ${beyond.length - 6} more` : '';
  return [
    `The tokenizer has ${some.join(', ')}${more}, for which the model has no row: a prompt with one is refused.`,
  ];
}
