import { Command, InvalidArgumentError, Option } from 'commander';
import { numberOption } from '../commands/number-option.ts';
import { print, printJson } from '../commands/output.ts';
import { readSettings } from '../settings.ts';
import { startBackend } from '../tensor/start-backend.ts';
import { formatCircuits } from './circuits/format-circuits.ts';
import { runCircuitsBench } from './circuits/run-circuits-bench.ts';
import { formatReport } from './format-report.ts';
import { Progress } from './progress.ts';
import { GPT2_SMALL, type RandomModelSize } from './random-model.ts';
import { runBench } from './run-bench.ts';
import { writeRandomStore } from './write-random-store.ts';

interface Options {
  json?: true;
  model: 'demo' | 'gpt2-small-size' | 'all';
  tokens: number[];
  repeats: number;
  pytorch: boolean;
  profile?: true;
  circuits?: true;
  maxNodes: number;
  width: number;
  layers: number;
  store?: string;
  makeStore?: string;
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
    .option(
      '--make-store <folder>',
      'write the random model and its dictionaries there, 2.5 GB at full size, and end',
    )
    .option('--store <folder>', 'load the random model from there, as far as LOUPE_MEMORY allows')
    .option('--profile', 'also where the time goes, op by op (tensorflow on the CPU only)')
    .option('--circuits', 'attribution graphs, beside circuit-tracer too where Python has it')
    .option('--max-nodes <n>', 'features of each graph at most', count, 1000)
    .option('--json', 'all numbers as JSON')
    .addHelpText(
      'after',
      '\nLOUPE_BACKEND chooses what is measured. The random model takes some 5 GB of memory, and as much\n' +
        'again for PyTorch.\n\nExamples:\n  npm run loupe -- bench --model demo --tokens 64\n' +
        '  npm run loupe -- bench --circuits --tokens 16,64 --repeats 3',
    )
    .action(async (options: Options) => {
      const { json, model, tokens, repeats, pytorch, profile, width, layers } = options;
      const { backend, memoryBytes } = readSettings(process.env);
      const id = 'gpt2-small-size';
      const size = { ...GPT2_SMALL, width, layers };
      if (options.makeStore !== undefined) return makeStore(options.makeStore, id, size, backend);
      const random = { id, ...(options.store === undefined ? { size } : { home: options.store }) };
      const models = [
        ...(model === 'gpt2-small-size' ? [] : ['demo' as const]),
        ...(model === 'demo' ? [] : [random]),
      ];
      const common = { models, tokens, repeats, pytorch, backend, memoryBytes };
      if (options.circuits) {
        const report = await runCircuitsBench({ ...common, maxNodes: options.maxNodes });
        if (json) await printJson(report);
        else print(formatCircuits(report));
        return;
      }
      const report = await runBench({ ...common, profile: profile ?? false });
      if (json) await printJson(report);
      else print(formatReport(report));
    });
}

async function makeStore(
  home: string,
  id: string,
  size: RandomModelSize,
  backend: string | undefined,
): Promise<void> {
  const { kernels } = await startBackend(backend);
  const progress = new Progress();
  progress.begin(`Writing ${id} to ${home}`);
  writeRandomStore(home, id, size, kernels, (done, all) => progress.step(done, all));
  progress.clear();
  print(`${id} is in ${home}. Measure it with --store ${home}.`);
}

function lengths(text: string): number[] {
  const values = text.split(',').map((entry) => Number(entry.trim()));
  if (values.every((value) => Number.isInteger(value) && value > 0)) return values;
  throw new InvalidArgumentError('It must be whole numbers from 1 up, with commas between.');
}
