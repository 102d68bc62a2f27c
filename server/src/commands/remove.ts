import { Command } from 'commander';

/** `loupe remove`: takes a set of dictionaries off the disk. */
export function removeCommand(): Command {
  return new Command('remove')
    .description('remove an installed set of dictionaries from the disk')
    .argument('<set>', 'id of the set')
    .option('--model <id>', 'whose set (default: that of the one model that has it)')
    .addHelpText('after', '\nExample:\n  npm run loupe -- remove res-jb')
    .action(async (set: string, { model }: { model?: string }) => {
      const { runRemove } = await import('./run-remove.ts');
      await runRemove(set, model);
    });
}
