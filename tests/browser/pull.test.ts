import { expect } from 'vitest';
import { eventually, words } from './support/eventually.ts';
import { goldenFeatures } from './support/golden.ts';
import { modelsPage } from './support/models-page.ts';
import { test } from './support/test.ts';
import { startWithTwin } from './support/twin.ts';

/** The most by which an activation may differ once its dictionary has been converted. */
const CONVERTED = 0.02;

test('a model pulled through the page is chosen at once and computes what PyTorch does', async ({
  openAt,
}) => {
  const { server, hub } = await startWithTwin();
  const prompt = await openAt(server.address, { hash: '/models' });
  const { chosen, download, downloads, badge, said, layer } = modelsPage(prompt);
  await prompt.settled(15);
  await eventually(() => words(chosen)).toMatch(/^Twin/);
  hub.hold();
  await download.click();
  await eventually(() => words(downloads)).toMatch(/^Twin.* of [\d.]+ MB/);
  await prompt.page.getByRole('link', { name: 'Prompt' }).click();
  await eventually(() => words(badge)).toMatch(/^\d+ %$/);
  await prompt.page.reload();
  await eventually(() => words(badge)).toMatch(/^\d+ %$/);
  await badge.click();
  hub.release();
  await eventually(() => words(said)).toMatch(/^Twin.* is installed$/);
  await eventually(() => layer('att-twin', 3).getAttribute('data-state')).toBe('installed');

  // The prompt goes along to the new model, which has no examples of its own.
  const text = await prompt.box.inputValue();
  await prompt.page.getByRole('button', { name: 'Use for prompts' }).click();
  await prompt.page.getByRole('button', { name: 'Model: twin' }).waitFor();
  await prompt.page.getByRole('link', { name: 'Prompt' }).click();
  await prompt.settled(15);
  expect(await prompt.box.inputValue()).toBe(text);
  await prompt.page.getByRole('button', { name: 'Examples' }).click();
  expect(await prompt.page.getByRole('menuitem').allTextContents()).toEqual([text]);
  await prompt.page.keyboard.press('Escape');
  const expected = goldenFeatures('ioi').filter(({ position }) => position === 14);
  await prompt.top(expected[0]?.name ?? '');
  const listed = await prompt.listed();
  for (const [rank, { activation, kind }] of listed.slice(0, 8).entries()) {
    expect(Math.abs(activation - (expected[rank]?.activation ?? 0))).toBeLessThan(CONVERTED);
    expect(kind).toBe(expected[rank]?.kind);
  }

  // A set is removed, and the next run is without it.
  await prompt.page.getByRole('link', { name: 'Models' }).click();
  await modelsPage(prompt).models.filter({ hasText: 'Twin' }).click();
  await layer('mlp-twin', 0).click();
  await prompt.page.getByRole('button', { name: 'Remove…' }).click();
  await prompt.page.getByRole('button', { name: 'Remove', exact: true }).click();
  await eventually(() => layer('mlp-twin', 0).getAttribute('data-state')).not.toBe('installed');
  await prompt.page.getByRole('link', { name: 'Prompt' }).click();
  const attention = expected.filter(({ kind }) => kind === 'attention');
  await eventually(async () => [
    ...new Set((await prompt.listed()).map(({ kind }) => kind)),
  ]).toEqual(['attention']);
  await prompt.top(attention[0]?.name ?? '');
});

test('a download that is cancelled leaves nothing installed, and goes on where it was', async ({
  openAt,
}) => {
  const { server, hub } = await startWithTwin();
  const prompt = await openAt(server.address, { hash: '/models' });
  const { chosen, download, downloads, models, said } = modelsPage(prompt);
  await eventually(() => words(chosen)).toMatch(/^Twin/);
  hub.hold();
  await download.click();
  await eventually(() => words(downloads)).toMatch(/ of [\d.]+ MB/);
  await downloads.getByRole('button', { name: 'Cancel' }).click();
  await eventually(() => words(downloads)).toMatch(/Cancelled/);
  expect(await words(models.filter({ hasText: 'Twin' }))).not.toContain('sources');
  hub.release();
  await downloads.getByRole('button', { name: 'Resume' }).click();
  await eventually(() => words(said)).toMatch(/^Twin.* is installed$/);
  await eventually(() => words(models.filter({ hasText: 'Twin' }))).toContain('8 of 8 sources');
});

test('a download that fails says why, keeps what came, and can be tried again', async ({
  openAt,
}) => {
  const { server, hub } = await startWithTwin();
  const prompt = await openAt(server.address, { hash: '/models' });
  const { chosen, download, downloads, said } = modelsPage(prompt);
  await eventually(() => words(chosen)).toMatch(/^Twin/);
  hub.refuse(/mlp-transcoder\/blocks\.2/);
  await download.click();
  await eventually(() => words(said)).toMatch(/^Twin.* could not be downloaded$/);
  expect(await words(downloads)).toMatch(/LOUPE_DOWNLOAD_FAILED/);
  hub.refuse();
  await downloads.getByRole('button', { name: 'Retry' }).click();
  await eventually(() => words(said)).toMatch(/^Twin.* is installed$/);
});

test('without a network the page lists what to fetch by hand', async ({ openAt }) => {
  const { server, hub } = await startWithTwin();
  await hub.close();
  const prompt = await openAt(server.address, { hash: '/models' });
  const { chosen, download, downloads } = modelsPage(prompt);
  await eventually(() => words(chosen)).toMatch(/^Twin/);
  await download.click();
  await eventually(() => words(downloads)).toContain('LOUPE_OFFLINE');
  await downloads.getByRole('button', { name: 'Copy addresses' }).click();
  await eventually(() => prompt.page.evaluate(() => navigator.clipboard.readText())).toContain(
    `${hub.endpoint}/test/twin/resolve/main/model.safetensors`,
  );
});
