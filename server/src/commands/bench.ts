import { Command } from 'commander';

const BENCH = new URL('../bench/index.ts', import.meta.url).href;

interface Bench {
  benchCommand(): Command;
}

/** `loupe bench`: hands over to the bench, which has options and help of its own. */
export function benchCommand(): Command {
  return new Command('bench')
    .description('measure speed and memory on this machine')
    .helpOption(false)
    .allowUnknownOption()
    .allowExcessArguments()
    .action(async (_options: unknown, command: Command) => {
      const bench: Bench = await import(BENCH);
      const delegate = bench.benchCommand().exitOverride();
      await delegate.parseAsync(command.args, { from: 'user' });
    });
}
