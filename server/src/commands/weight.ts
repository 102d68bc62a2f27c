import { Command } from 'commander';
import type { WeightOptions } from './run-weight.ts';

/** `loupe weight`: what one feature gives another in every prompt. */
export function weightCommand(): Command {
  return new Command('weight')
    .description('print the weight between two features that holds for every prompt')
    .argument('<from>', 'the feature that writes, such as 0-mlp-demo/573')
    .argument('<to>', 'the feature that reads, of a later place in the model')
    .option('--model <id>', 'which model (default: the first that `models` lists)')
    .option('--json', 'the same JSON as GET /api/v1/circuits/:model/weight')
    .addHelpText('after', '\nExample:\n  npm run loupe -- weight 0-mlp-demo/573 2-mlp-demo/679')
    .action(async (from: string, to: string, options: WeightOptions) => {
      const { runWeight } = await import('./run-weight.ts');
      await runWeight(from, to, options);
    });
}
