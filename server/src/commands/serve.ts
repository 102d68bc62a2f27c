import { Command } from 'commander';
import type { ServeOptions } from './run-server.ts';

/** `loupe serve`: the page and the API, until it is told to stop. */
export function serveCommand(): Command {
  return new Command('serve')
    .description('serve the page and the API')
    .option('--host <address>', 'where to listen; LOUPE_HOST (default: 127.0.0.1)')
    .option('--port <number>', 'at which port; LOUPE_PORT (default: 4173)')
    .option('--open', 'open the page in a browser')
    .addHelpText('after', '\nExample:\n  npm run loupe -- serve --port 8080 --open')
    .action(async (options: ServeOptions) => {
      const { runServer } = await import('./run-server.ts');
      await runServer(options);
    });
}
