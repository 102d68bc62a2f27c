import { expect, onTestFinished } from 'vitest';
import { AXE, violations } from './support/axe.ts';
import { enginePid } from './support/engine-process.ts';
import { eventually, words } from './support/eventually.ts';
import { goldenFeatures } from './support/golden.ts';
import { startServer } from './support/server.ts';
import { test } from './support/test.ts';

/** A server whose engine is held in the middle of its start until told to go on. */
async function coldServer() {
  const server = await startServer();
  onTestFinished(() => server.kill());
  await eventually(() => enginePid(server.pid)).toBeDefined();
  server.signalEngine('SIGSTOP');
  return server;
}

test('the first screen is full before the engine is warm, and says that its run is stored', async ({
  openAt,
}) => {
  const server = await coldServer();
  const prompt = await openAt(server.address, { script: AXE });
  await prompt.storedMark.waitFor();
  expect(await words(prompt.summary)).toBe('15 tokens · 2,012 activations');
  expect(await prompt.engineBadge.textContent()).toBe('Engine starting');
  expect(await prompt.box.inputValue()).toMatch(/^When Mary and John/);

  await prompt.top('3/213');
  expect(await prompt.row('3/213').textContent()).toContain('·Mary');
  expect(await prompt.nextTokens.first().textContent()).toMatch(/^·Mary>99\.9 %/);
  await eventually(() => words(prompt.lens)).toMatch(/after layer 3, to.*Mary/);
  await eventually(() => words(prompt.map)).toMatch(/L3 MLP, to.*36 active features/);
  expect(await violations(prompt)).toEqual([]);

  await prompt.page.keyboard.press('ArrowLeft');
  await eventually(() => prompt.selectedToken.textContent()).toBe('·drink');
  const best = goldenFeatures('ioi').find(({ position }) => position === 13)?.name ?? '';
  await prompt.top(best);

  server.signalEngine('SIGCONT');
  await prompt.settled(15);
  expect(await prompt.storedMark.count()).toBe(0);
  await eventually(() => prompt.engineBadge.textContent()).toMatch(/thread/);
  expect(await prompt.selectedToken.textContent()).toBe('·drink');
  await prompt.top(best);
});

test('a prompt typed while the engine starts runs as soon as it can', async ({ openAt }) => {
  const server = await coldServer();
  const prompt = await openAt(server.address);
  await prompt.storedMark.waitFor();
  await prompt.run('Once upon a time');
  await eventually(() => words(prompt.summary)).toBe('Waiting: the engine is starting');
  expect(await prompt.storedMark.count()).toBe(1);
  server.signalEngine('SIGCONT');
  await prompt.settled(5);
  expect(await prompt.tokens.allTextContents()).toEqual(['BOS', 'Once', '·upon', '·a', '·time']);
});

test('a link to another prompt does not show the stored run', async ({ openAt }) => {
  const server = await coldServer();
  const prompt = await openAt(server.address, { hash: '/prompt?prompt=Hello+there' });
  await prompt.page.getByText('The engine is starting. The prompt runs').waitFor();
  expect(await prompt.storedMark.count()).toBe(0);
  expect(await prompt.box.inputValue()).toBe('Hello there');
  server.signalEngine('SIGCONT');
  await prompt.settled(3);
});
