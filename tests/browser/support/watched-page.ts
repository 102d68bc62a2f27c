import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';

export interface PageOptions extends BrowserContextOptions {
  /** What is after the `#` of the address at first. */
  hash?: string;
  /** Errors of the console that belong to what the test does. */
  expected?: readonly RegExp[];
  /** A script that the page runs before its own. */
  script?: string;
  /** What is to be done with the page before it is opened. */
  prepare?: (page: Page) => Promise<void>;
}

export interface WatchedPage {
  page: Page;
  context: BrowserContext;
  /** What went wrong without the test having meant it to. */
  problems: string[];
}

const MAX_MS = 60_000;

/**
 * Opens a page of its own, as a person who was never here, and writes down what goes wrong in it.
 *
 * @param address of the server, with the path under which it is served, without a slash at the end
 */
export async function openWatched(
  browser: Browser,
  address: string,
  options: PageOptions = {},
): Promise<WatchedPage> {
  const { hash = '', expected = [], script, prepare, ...rest } = options;
  const context = await browser.newContext({
    viewport: { width: 1440, height: 900 },
    colorScheme: 'light',
    permissions: ['clipboard-read', 'clipboard-write'],
    ...rest,
  });
  context.setDefaultTimeout(MAX_MS);
  if (script !== undefined) await context.addInitScript({ content: script });
  const page = await context.newPage();
  const problems: string[] = [];
  const note = (what: string) => {
    if (!expected.some((pattern) => pattern.test(what))) problems.push(what);
  };
  // Violations of the content security policy are errors of the console too.
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') note(message.text());
  });
  page.on('pageerror', (error) => note(error.stack ?? error.message));
  page.on('crash', () => note('the page crashed'));
  page.on('request', (request) => {
    const url = request.url();
    const isOwn = url === address || url.startsWith(`${address}/`);
    if (url.startsWith('http') && !isOwn) note(`asked ${url}`);
  });
  await prepare?.(page);
  await page.goto(`${address}/${hash && `#${hash}`}`);
  return { page, context, problems };
}
