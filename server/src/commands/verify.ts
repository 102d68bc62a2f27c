import { Command } from 'commander';
import { print, printJson } from './output.ts';

interface Options {
  only?: string[];
  corpus?: string;
  table?: string;
  json?: true;
}

/** As shells count it: 128 and the number of SIGINT. */
const INTERRUPTED = 130;

/** `loupe verify <model>`: does this machine reproduce the published values? */
export function verifyCommand(): Command {
  return new Command('verify')
    .description('check that a model and its sources reproduce published values')
    .argument('<model>', 'such as gpt2-small or demo')
    .option('--only <checks...>', 'only those whose id begins like this')
    .option('--corpus <file>', 'text, or JSON lines of token ids, for the checks that need one')
    .option('--table <file>', 'an acceptance table of your own')
    .option('--json', 'all values as JSON')
    .addHelpText(
      'after',
      '\nThe status is 1 if a value is not what it must be. What is not installed is not run and no\n' +
        'failure. Ctrl-C stops and shows what there is. LOUPE_BACKEND chooses what is verified.\n\n' +
        'Examples:\n  npm run loupe -- verify demo\n  npm run loupe -- verify gpt2-small --only model ioi',
    )
    .action(async (model: string, { only = [], corpus, table, json }: Options) => {
      const { runVerify } = await import('../verify/run-verify.ts');
      const { formatReport } = await import('../verify/format-report.ts');
      const { readSettings } = await import('../settings.ts');
      const { backend, modelRoots, setsFolder, memoryBytes } = readSettings(process.env);
      const stop = new AbortController();
      // Once only: a second Ctrl-C ends the process as usual.
      process.once('SIGINT', () => stop.abort());
      const report = await runVerify({
        model,
        roots: modelRoots,
        setsFolder,
        backend,
        memoryBytes,
        only,
        corpus,
        table,
        signal: stop.signal,
      });
      if (json) await printJson(report);
      else print(formatReport(report));
      if (report.interrupted) process.exitCode = INTERRUPTED;
      else if (report.failed > 0) process.exitCode = 1;
    });
}
