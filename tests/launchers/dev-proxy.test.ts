import { createServer } from 'vite';
import { expect, onTestFinished, test, vi } from 'vitest';
import { projectRoot } from '../../scripts/lib/project-root.mjs';
import { localServer } from './local-server.ts';

test('what the page of `npm run dev` asks of the API arrives as from the API’s own page', async () => {
  const api = await localServer((asked, response) => {
    response.end(JSON.stringify({ path: asked.url, host: asked.headers.host }));
  });
  vi.stubEnv('LOUPE_PORT', api.port);
  onTestFinished(() => void vi.unstubAllEnvs());
  const vite = await createServer({
    root: `${projectRoot}/client`,
    logLevel: 'silent',
    optimizeDeps: { noDiscovery: true },
    server: { host: '127.0.0.1', port: 0, watch: null },
  });
  onTestFinished(() => vite.close());
  await vite.listen();
  const address = vite.httpServer?.address();
  const host = `127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  const answer = await fetch(`http://${host}/api/v1/health`);
  // Another host than the page's would make the server refuse it as a stranger's.
  expect(await answer.json()).toEqual({ path: '/api/v1/health', host });
});
