import { Command } from 'commander';

/** `loupe bench`: hands over to the bench, which has options and help of its own. */
export function benchCommand(): Command {
  return new Command('bench')
    .description('measure speed and memory on this machine')
    .helpOption(false)
    .allowUnknownOption()
    .allowExcessArguments()
    .action(async (_options: unknown, command: Command) => {
      const bench = await import('../bench/index.ts');
      const delegate = bench.benchCommand().exitOverride();
      // Under a program of the same name, so that its help says `loupe bench`.
      const program = new Command('loupe').addCommand(delegate);
      await program.parseAsync(['bench', ...command.args], { from: 'user' });
    });
}
