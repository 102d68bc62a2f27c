import { Command, CommanderError } from 'commander';
import { benchCommand } from './commands/bench.ts';
import { circuitCommand } from './commands/circuit.ts';
import { featuresCommand } from './commands/features.ts';
import { importCommand } from './commands/import.ts';
import { interveneCommand } from './commands/intervene.ts';
import { modelsCommand } from './commands/models.ts';
import { closeQuietlyOnPipeEnd } from './commands/output.ts';
import { pathsCommand } from './commands/paths.ts';
import { pullCommand } from './commands/pull.ts';
import { removeCommand } from './commands/remove.ts';
import { serveCommand } from './commands/serve.ts';
import { verifyCommand } from './commands/verify.ts';
import { weightCommand } from './commands/weight.ts';
import { VERSION } from './version.ts';

const USAGE_ERROR = 2;

closeQuietlyOnPipeEnd();
const program = new Command('loupe')
  .description('A feature explorer for GPT-2.')
  .version(VERSION)
  .addCommand(serveCommand())
  .addCommand(featuresCommand())
  .addCommand(circuitCommand())
  .addCommand(interveneCommand())
  .addCommand(weightCommand())
  .addCommand(pathsCommand())
  .addCommand(modelsCommand())
  .addCommand(pullCommand())
  .addCommand(importCommand())
  .addCommand(removeCommand())
  .addCommand(verifyCommand())
  .addCommand(benchCommand());
for (const command of [program, ...program.commands]) {
  command.exitOverride().showHelpAfterError('Add --help to see what it takes.');
}

try {
  await program.parseAsync();
} catch (thrown) {
  if (thrown instanceof CommanderError) {
    // Commander has printed it already; help that was asked for is no error.
    process.exitCode = thrown.exitCode === 0 ? 0 : USAGE_ERROR;
  } else {
    // Imported only here: the schemas it brings along would double the time that `--help` takes.
    const { toLoupeError } = await import('@loupe/shared');
    const { code, message } = toLoupeError(thrown);
    process.stderr.write(`${code}: ${message}\n`);
    process.exitCode = 1;
  }
}
