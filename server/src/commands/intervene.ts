import { Command, Option } from 'commander';
import { tokensOption } from './given-prompt.ts';
import { listOption } from './list-option.ts';
import { refuseUnused } from './refuse-unused.ts';
import type { InterveneOptions } from './run-intervene.ts';

/** `loupe intervene`: what changes of features, heads and errors do. */
export function interveneCommand(): Command {
  return new Command('intervene')
    .description('change features, heads or errors and see what the model says then')
    .argument('<prompt>', 'the text; not with --graph or --tokens')
    .argument('[changes...]', 'such as 5-att-kk/7515@14, =2.5 to set it, *0.5 to multiply it')
    .addOption(tokensOption())
    .option('--graph <file>', 'ask what a saved graph asks, of its prompt')
    .option('--model <id>', 'which model (default: the first that `models` lists)')
    .option('--target <token>', 'the token whose logit is told (default: the most probable)')
    .option('--distractor <token>', '… less that of this one')
    .addOption(
      new Option('--mode <mode>', 'attention features as nodes, or attention passed through')
        .choices(['features', 'frozen'])
        .default('features'),
    )
    .option(
      '--sources <ids>',
      'what explains in a frozen run: ids of sources or sets, with commas between (default: of each part the set of most layers)',
      listOption,
    )
    .addOption(
      new Option('--runs <which>', 'the local replacement model, the model itself, or both')
        .choices(['frozen', 'free', 'both'])
        .default('both'),
    )
    .option('--json', 'the same JSON as POST /api/v1/interventions')
    .addHelpText(
      'after',
      '\nExample:\n' +
        '  npm run loupe -- intervene "When Mary and John went to the store, John gave a drink to" \\\n' +
        '    "3-att-demo/213@-1" --target " Mary" --distractor " John"\n' +
        '\nIn a free run features of every source can be changed, in a frozen one those of the sources\n' +
        'that explain: see --runs and --sources.',
    )
    .action(async (first: string, rest: string[], options: InterveneOptions, command: Command) => {
      const isSaved = options.graph !== undefined;
      const { tokens } = options;
      if (isSaved && tokens) command.error('error: give either --graph or --tokens');
      if (isSaved) refuseUnused(command, ['target', 'distractor', 'mode', 'sources']);
      else if (!tokens && rest.length === 0)
        command.error("error: missing required argument 'changes'");
      const { runIntervene } = await import('./run-intervene.ts');
      const given = tokens ? { tokens } : { prompt: isSaved ? '' : first };
      await runIntervene(given, isSaved || tokens ? [first, ...rest] : rest, options);
    });
}
