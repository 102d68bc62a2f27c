import { test as base, expect } from 'vitest';
import { launchChromium } from '../chromium.ts';
import { type PromptPage, promptPage } from './prompt-page.ts';
import { startServer } from './server.ts';
import { openWatched, type PageOptions } from './watched-page.ts';

/**
 * A test with a browser and a warm server, both shared by all files (see vitest.config.ts), and `open`, which opens
 * a page that is the test's own. A test fails if anything went wrong in its pages unseen: an error or
 * warning of the console, a violation of the security policy, a request to anywhere else.
 */
export const test = base
  // biome-ignore lint/correctness/noEmptyPattern: what a fixture takes is read off its parameters
  .extend('browser', { scope: 'worker' }, async ({}, { onCleanup }) => {
    const browser = await launchChromium();
    onCleanup(() => browser.close());
    return browser;
  })
  // biome-ignore lint/correctness/noEmptyPattern: see above
  .extend('server', { scope: 'worker' }, async ({}, { onCleanup }) => {
    const server = await startServer();
    onCleanup(() => server.stop());
    await server.ready();
    return server;
  })
  .extend('openAt', async ({ browser }, { onCleanup }) => {
    const opened: Awaited<ReturnType<typeof openWatched>>[] = [];
    onCleanup(async () => {
      await Promise.all(
        opened.map(async ({ page, context }) => {
          // What still answers for the server has nobody to answer any more.
          await page.unrouteAll({ behavior: 'ignoreErrors' });
          await context.close();
        }),
      );
      expect(opened.flatMap(({ problems }) => problems)).toEqual([]);
    });
    return async (address: string, options?: PageOptions): Promise<PromptPage> => {
      const watched = await openWatched(browser, address, options);
      opened.push(watched);
      return promptPage(watched.page);
    };
  })
  .extend('open', ({ openAt, server }) => (options?: PageOptions) => {
    server.mustRun();
    return openAt(server.address, options);
  });
