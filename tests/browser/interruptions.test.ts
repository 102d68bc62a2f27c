import { expect, onTestFinished } from 'vitest';
import { AXE, violations } from './support/axe.ts';
import { circuitPage } from './support/circuit-page.ts';
import { eventually, words } from './support/eventually.ts';
import type { PromptPage } from './support/prompt-page.ts';
import { type Server, type ServerOptions, startServer } from './support/server.ts';
import { test } from './support/test.ts';

/** As long as the context: 256 tokens. */
const LONG = `a${' b'.repeat(254)}`;
/** What Chromium says when a connection is refused or breaks. */
const NETWORK = [/net::ERR_/];

/** A server that computes in plain JavaScript, which takes seconds for a long prompt. */
async function slowServer(options: ServerOptions = {}): Promise<Server> {
  const server = await startServer({ environment: { LOUPE_BACKEND: 'cpu' }, ...options });
  onTestFinished(() => server.kill());
  await server.ready();
  return server;
}

/** Runs the long prompt and holds the engine when a part of it has arrived. */
async function holdMidway(prompt: PromptPage, server: Server): Promise<void> {
  await prompt.settled(15);
  await prompt.run(LONG);
  await eventually(() => words(prompt.selection)).toMatch(/· [1-7] of 8 sources/);
  server.signalEngine('SIGSTOP');
}

test('a run shows what has arrived, how far it is, and can be cancelled and run again', async ({
  openAt,
}) => {
  const server = await slowServer();
  const prompt = await openAt(server.address);
  await holdMidway(prompt, server);
  await eventually(() => words(prompt.summary)).toMatch(/^[1-7] of 8 sources/);
  await prompt.page.getByRole('progressbar', { name: 'Running the prompt' }).waitFor();
  await prompt.rows.first().waitFor();
  await prompt.page.getByRole('button', { name: 'Cancel' }).click();
  await eventually(() => words(prompt.notice)).toMatch(/^Cancelled: [1-7] of 8 sources are shown/);
  expect(await words(prompt.summary)).toMatch(/^256 tokens · [\d,]+ activations · cancelled$/);
  expect(await prompt.page.getByRole('progressbar').count()).toBe(0);
  await prompt.tracks.getByText('did not arrive').first().waitFor();
  server.signalEngine('SIGCONT');
  await prompt.page.getByRole('button', { name: 'Retry' }).click();
  await prompt.settled(256);
  expect(await words(prompt.notice)).toBe('');
});

test('Esc cancels a run, and another prompt takes the place of one under way', async ({
  openAt,
}) => {
  const server = await slowServer();
  const prompt = await openAt(server.address);
  await holdMidway(prompt, server);
  await prompt.page.keyboard.press('Escape');
  await eventually(() => words(prompt.notice)).toMatch(/^Cancelled/);
  server.signalEngine('SIGCONT');
  await prompt.run(`${LONG.slice(0, -2)} c`);
  await eventually(() => words(prompt.selection)).toMatch(/· [1-7] of 8 sources/);
  await prompt.run('Hello there');
  await prompt.settled(3);
  expect(await words(prompt.notice)).toBe('');
});

test('an engine that dies midway is said to have, and the run can be repeated', async ({
  openAt,
}) => {
  const server = await slowServer();
  const prompt = await openAt(server.address, { expected: NETWORK });
  await holdMidway(prompt, server);
  server.signalEngine('SIGKILL');
  const retry = prompt.page.getByRole('button', { name: 'Retry' });
  // While the engine is being restarted the notice says that instead.
  await eventually(() => words(prompt.notice)).toMatch(
    /Shown: [1-7] of 8 sources\. ?LOUPE_ENGINE_CRASHED/,
  );
  expect(await words(prompt.summary)).toMatch(/^256 tokens · [\d,]+ activations · failed$/);
  await prompt.rows.first().waitFor();
  await retry.click();
  await prompt.settled(256);
  expect(await words(prompt.notice)).toBe('');
});

test('a stream that is cut is told from a whole one, and the page finds the server again', async ({
  openAt,
}) => {
  const server = await slowServer();
  const prompt = await openAt(server.address, { expected: NETWORK, script: AXE });
  await holdMidway(prompt, server);
  await server.kill();
  await eventually(() => words(prompt.summary)).toMatch(/activations · cut short$/);
  await eventually(() => words(prompt.engineBadge)).toBe('Not connected');
  expect(await words(prompt.notice)).toMatch(/this page keeps trying/);
  await prompt.page.getByRole('button', { name: 'Try now' }).waitFor();
  await prompt.rows.first().waitFor();
  expect(await violations(prompt)).toEqual([]);

  await slowServer({ port: server.port });
  // Nobody has to say so: what broke off is run again, and the notice goes.
  await prompt.settled(256);
  expect(await words(prompt.notice)).toBe('');
  expect(await words(prompt.engineBadge)).toMatch(/thread/);
});

test('a prompt that is run while the server is away waits for it', async ({ openAt }) => {
  const server = await startServer();
  onTestFinished(() => server.kill());
  const prompt = await openAt(server.address, { expected: NETWORK });
  await prompt.settled(15);
  await server.stop();
  await prompt.run('Hello there');
  await eventually(() => words(prompt.engineBadge)).toBe('Not connected');
  expect(await prompt.tokens.count()).toBe(15);
  const again = await startServer({ port: server.port });
  onTestFinished(() => again.kill());
  await again.ready();
  await prompt.settled(3);
  expect(await words(prompt.notice)).toBe('');
  expect(await prompt.tokens.allTextContents()).toEqual(['BOS', 'Hello', '·there']);
});

test('every page goes on by itself once the server is back, and takes its notices down', async ({
  openAt,
}) => {
  const server = await startServer();
  onTestFinished(() => server.kill());
  await server.ready();
  const prompt = await openAt(server.address, { expected: NETWORK });
  const { page } = prompt;
  await prompt.settled(15);
  await server.stop();
  // Asked before the page has seen that there is no server.
  await prompt.run('The war lasted from 1732 to 17');
  await eventually(() => words(prompt.engineBadge)).toBe('Not connected');
  await page.getByRole('link', { name: 'Circuit' }).click();
  // Of the prompt before, nothing is offered under the new one.
  expect(await page.getByRole('button', { name: /^Why .*\?$/ }).count()).toBe(0);
  await page.getByRole('button', { name: 'Explain', exact: true }).click();
  await page.getByRole('link', { name: 'Models' }).click();
  await page.getByText('demo').first().waitFor();
  const again = await startServer({ port: server.port });
  onTestFinished(() => again.kill());
  await again.ready();
  await prompt.settled(9);
  await eventually(() => words(prompt.notice)).toBe('');
  await eventually(() => page.getByText('LOUPE_SERVER_UNREACHABLE').count()).toBe(0);
  await page.getByRole('link', { name: 'Circuit' }).click();
  await circuitPage(page).settled();
  expect(await page.getByText('LOUPE_SERVER_UNREACHABLE').count()).toBe(0);
});
