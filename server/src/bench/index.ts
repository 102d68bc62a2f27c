import { Command, InvalidArgumentError, Option } from 'commander';
import { numberOption } from '../commands/number-option.ts';
import { print, printJson } from '../commands/output.ts';
import { readSettings } from '../settings.ts';
import { formatReport } from './format-report.ts';
import { GPT2_SMALL } from './random-model.ts';
import { runBench } from './run-bench.ts';

interface Options {
  json?: true;
  model: 'demo' | 'gpt2-small-size' | 'all';
  tokens: number[];
  repeats: number;
  pytorch: boolean;
  profile?: true;
  width: number;
  layers: number;
}

/** `loupe bench`: measures speed and memory on this machine, beside PyTorch where there is one. */
export function benchCommand(): Command {
  const count = numberOption({ min: 1, whole: true });
  return new Command('bench')
    .description('measure speed and memory on this machine, beside PyTorch where Python has torch')
    .addOption(
      new Option('--model <which>', "the shipped demo, or random weights of GPT-2 small's size")
        .choices(['demo', 'gpt2-small-size', 'all'])
        .default('all'),
    )
    .option('--tokens <lengths>', 'lengths of prompts, with commas between', lengths, [16, 64, 256])
    .option('--repeats <n>', 'timed runs of each piece of work', count, 7)
    .option('--no-pytorch', 'leave the comparison out')
    .option('--width <n>', 'features of each random dictionary', count, GPT2_SMALL.width)
    .option(
      '--layers <n>',
      'layers of the random model, two dictionaries each',
      count,
      GPT2_SMALL.layers,
    )
    .option('--profile', 'also where the time goes, op by op (tensorflow on the CPU only)')
    .option('--json', 'all numbers as JSON')
    .addHelpText(
      'after',
      '\nLOUPE_BACKEND chooses what is measured. The random model takes some 5 GB of memory, and as much\n' +
        'again for PyTorch.\n\nExample:\n  npm run loupe -- bench --model demo --tokens 64',
    )
    .action(async ({ json, model, tokens, repeats, pytorch, profile, width, layers }: Options) => {
      const small = { id: 'gpt2-small-size', size: { ...GPT2_SMALL, width, layers } };
      const report = await runBench({
        models: [
          ...(model === 'gpt2-small-size' ? [] : ['demo' as const]),
          ...(model === 'demo' ? [] : [small]),
        ],
        tokens,
        repeats,
        pytorch,
        profile: profile ?? false,
        backend: readSettings(process.env).backend,
      });
      if (json) await printJson(report);
      else print(formatReport(report));
    });
}

function lengths(text: string): number[] {
  const values = text.split(',').map((entry) => Number(entry.trim()));
  if (values.every((value) => Number.isInteger(value) && value > 0)) return values;
  throw new InvalidArgumentError('It must be whole numbers from 1 up, with commas between.');
}
