import { Command, Option } from 'commander';
import type { InterveneOptions } from './run-intervene.ts';

/** `loupe intervene`: what changes of features, heads and errors do. */
export function interveneCommand(): Command {
  return new Command('intervene')
    .description('change features, heads or errors and see what the model says then')
    .argument('<prompt>', 'the text')
    .argument('<changes...>', 'such as 5-att-kk/7515@14, =2.5 to set it, *0.5 to multiply it')
    .option('--model <id>', 'which model (default: the first that `models` lists)')
    .option('--target <token>', 'the token whose logit is told (default: the most probable)')
    .option('--distractor <token>', '… less that of this one')
    .addOption(
      new Option('--mode <mode>', 'attention features as nodes, or attention passed through')
        .choices(['features', 'frozen'])
        .default('features'),
    )
    .option('--json', 'the same JSON as POST /api/v1/interventions')
    .addHelpText(
      'after',
      '\nExample:\n' +
        '  npm run loupe -- intervene "When Mary and John went to the store, John gave a drink to" \\\n' +
        '    "3-att-demo/213@-1" --target " Mary" --distractor " John"',
    )
    .action(async (prompt: string, changes: string[], options: InterveneOptions) => {
      const { runIntervene } = await import('./run-intervene.ts');
      await runIntervene(prompt, changes, options);
    });
}
