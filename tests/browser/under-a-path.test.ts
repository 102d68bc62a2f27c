import { expect, onTestFinished } from 'vitest';
import { circuitHash, circuitPage, IOI } from './support/circuit-page.ts';
import { circuitPanels } from './support/circuit-panels.ts';
import { eventually, words } from './support/eventually.ts';
import { startPrefixProxy } from './support/prefix-proxy.ts';
import { test } from './support/test.ts';

const HUB = '/user/anna/proxy/loupe/';

// A page that asks for anything outside the path fails its test, see `watched-page.ts`.

test('all of the page works under the path of a hub', async ({ server, openAt }) => {
  const { address, close } = await startPrefixProxy(server.port, HUB);
  onTestFinished(close);
  const prompt = await openAt(address);
  await prompt.settled(15);
  // Activations, features and the lens have come, and are saved.
  await eventually(() => prompt.lens.textContent()).toContain('Mary');
  const { name, bytes } = await prompt.save('Tracks: menu', 'Save PNG');
  expect(name).toMatch(/_demo_tracks\.png$/);
  expect(bytes.length).toBeGreaterThan(10_000);
  // A link that is copied leads back through the hub.
  const link = await prompt.copy('Share', 'Copy link');
  expect(link).toMatch(new RegExp(`^${address}/#/prompt`));
  // The events of downloads come.
  await prompt.page.getByRole('link', { name: 'Models' }).click();
  const listening = prompt.page.waitForResponse(/\/downloads\/events$/);
  await prompt.page.reload();
  expect((await listening).status()).toBe(200);
});

test('circuits, their files and pictures work under a path too', async ({ server, openAt }) => {
  const { address, close } = await startPrefixProxy(server.port, HUB);
  onTestFinished(close);
  // Without the slash at the end the hub itself leads to it.
  const prompt = await openAt(address);
  await prompt.page.goto(`${address}#${circuitHash(IOI, { why: ' Mary' })}`);
  const circuit = circuitPage(prompt.page);
  await circuit.settled();
  expect(await words(circuit.target)).toBe('·Mary');
  // The server draws a PDF.
  const panels = circuitPanels(prompt.page);
  await panels.file(/^Export/);
  const dialog = prompt.page.getByRole('dialog');
  await dialog.getByRole('radio', { name: 'PDF' }).check();
  const save = dialog.getByRole('button', { name: 'Save', exact: true });
  const { name, text } = await panels.saved(() => save.click());
  expect(name).toMatch(/_Mary_demo_graph\.pdf$/);
  expect(text).toMatch(/^%PDF-/);
});

test('a deep address that somebody guessed leads to the page', async ({ server, openAt }) => {
  const { address, close } = await startPrefixProxy(server.port, HUB);
  onTestFinished(close);
  const prompt = await openAt(address);
  await prompt.page.goto(`${address}/head/3/5`);
  await prompt.settled(15);
  expect(new URL(prompt.page.url()).pathname).toBe(HUB);
});
