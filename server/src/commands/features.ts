import { Command } from 'commander';
import { givenPrompt, tokensOption } from './given-prompt.ts';
import { listOption } from './list-option.ts';
import { numberOption } from './number-option.ts';
import type { FeaturesOptions } from './run-features.ts';

/** Features of each token and source in the table for people, which would otherwise be endless. */
const TABLE_TOP_K = 3;

/** `loupe features`: runs a prompt and prints which features fire on each token. */
export function featuresCommand(): Command {
  return new Command('features')
    .description('print the features that fire on each token of a prompt')
    .argument('[prompt]', 'the text; "" runs on BOS alone')
    .addOption(tokensOption())
    .option('--model <id>', 'which model (default: the first that `models` lists)')
    .option(
      '--sources <ids>',
      'ids of sources or sets, with commas between (default: all)',
      listOption,
    )
    .option(
      '--top-k <n>',
      `most features of each token and source, 0 for all (default: ${TABLE_TOP_K}; with --json 32)`,
      numberOption({ min: 0, whole: true }),
    )
    .option(
      '--min-activation <x>',
      'only activations above this',
      numberOption({ min: 0, whole: false }),
    )
    .option('--no-bos', 'do not put BOS before the prompt')
    .option('--json', 'the same JSON as POST /api/v1/activations')
    .addHelpText(
      'after',
      '\nExample:\n' +
        '  npm run loupe -- features "When Mary and John went to the store, John gave a drink to"',
    )
    .action(async (prompt: string | undefined, options: FeaturesOptions, command: Command) => {
      const given = givenPrompt(prompt, options.tokens, command);
      const { runFeatures } = await import('./run-features.ts');
      await runFeatures(given, options.json ? options : { topK: TABLE_TOP_K, ...options });
    });
}
