import { Command, Option } from 'commander';
import { numberOption } from './number-option.ts';
import type { InterveneOptions } from './run-intervene.ts';

/** `loupe intervene`: what changes of features, heads and errors do, or how well a graph foresees it. */
export function interveneCommand(): Command {
  return new Command('intervene')
    .description('change features, heads or errors and see what the model says then')
    .argument('<prompt>', 'the text')
    .argument('[changes...]', 'such as 5-att-kk/7515@14, =2.5 to set it, *0.5 to multiply it')
    .option('--model <id>', 'which model (default: the first that `models` lists)')
    .option('--target <token>', 'the token whose logit is told (default: the most probable)')
    .option('--distractor <token>', '… less that of this one')
    .addOption(
      new Option('--mode <mode>', 'attention features as nodes, or attention passed through')
        .choices(['features', 'frozen'])
        .default('features'),
    )
    .option(
      '--validate <n>',
      'ablate the n features that matter most to the graph, one at a time, and compare',
      numberOption({ min: 2, whole: true }),
    )
    .option('--json', 'the same JSON as the API')
    .addHelpText(
      'after',
      '\nExample:\n' +
        '  npm run loupe -- intervene "When Mary and John went to the store, John gave a drink to" \\\n' +
        '    "3-att-demo/213@-1" --target " Mary" --distractor " John"',
    )
    .action(
      async (prompt: string, changes: string[], options: InterveneOptions, command: Command) => {
        if ((changes.length === 0) === (options.validate === undefined)) {
          command.error('error: give either changes or --validate');
        }
        const { runIntervene } = await import('./run-intervene.ts');
        await runIntervene(prompt, changes, options);
      },
    );
}
