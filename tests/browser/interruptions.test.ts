import { expect, onTestFinished } from 'vitest';
import { AXE, violations } from './support/axe.ts';
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
  await prompt.score.getByText('did not arrive').first().waitFor();
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
  const retry = prompt.page.getByRole('button', { name: 'Retry' });
  await eventually(() => words(prompt.notice)).toMatch(
    /^The connection broke off: [1-7] of 8 sources arrived and are shown/,
  );
  await retry.click();
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
  // Either by itself or by the button, as the prompt may have met the server just as it went.
  const retry = prompt.page.getByRole('button', { name: 'Retry' });
  await eventually(async () => {
    if (await retry.isVisible()) await retry.click();
    return words(prompt.summary);
  }).toMatch(/^3 tokens · [\d,]+ activations · /);
  expect(await prompt.tokens.allTextContents()).toEqual(['BOS', 'Hello', '·there']);
});
