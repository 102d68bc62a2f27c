import { Command } from 'commander';
import { givenPrompt, tokensOption } from './given-prompt.ts';
import { numberOption } from './number-option.ts';
import type { PathsOptions } from './run-paths.ts';

/** `loupe paths`: through which features and heads a feature or a logit comes about. */
export function pathsCommand(): Command {
  return new Command('paths')
    .description('print the strongest paths through transcoders into a feature or a token')
    .argument('[prompt]', 'the text')
    .addOption(tokensOption())
    .option('--model <id>', 'which model (default: the first that `models` lists)')
    .option(
      '--feature <id>',
      'the feature, such as 8-tres-dc/89@14 (default: at the last position)',
    )
    .option('--target <token>', 'a token in its place (default: the most probable)')
    .option('--distractor <token>', '… rather than this one')
    .option(
      '--iterations <n>',
      'nodes of the longest paths (default: 3)',
      numberOption({ min: 1, max: 10, whole: true }),
    )
    .option(
      '--branches <n>',
      'most paths of each length (default: 15)',
      numberOption({ min: 1, max: 1000, whole: true }),
    )
    .option('--first-position', 'with what heads move from position 0')
    .option('--no-bos', 'do not put BOS before the prompt')
    .option('--json', 'the same JSON as POST /api/v1/circuits/paths')
    .addHelpText(
      'after',
      '\nExample:\n' +
        '  npm run loupe -- paths "The war lasted from 1735 to 17" --feature 3-mlp-demo/976@8',
    )
    .action(async (prompt: string | undefined, options: PathsOptions, command: Command) => {
      const given = givenPrompt(prompt, options.tokens, command);
      const { runPaths } = await import('./run-paths.ts');
      await runPaths(given, options);
    });
}
