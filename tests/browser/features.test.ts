import { type FeatureInfo, formatActivation, tokenLabel } from '@loupe/shared';
import { expect } from 'vitest';
import { eventually, words } from './support/eventually.ts';
import { goldenFeatures } from './support/golden.ts';
import type { PromptPage } from './support/prompt-page.ts';
import { test } from './support/test.ts';

/** Names of the pinned features in the order of their tracks. */
async function pinnedTracks(prompt: PromptPage): Promise<string[]> {
  const labels = await prompt.tracks
    .getByRole('button', { name: /^Unpin feature/ })
    .evaluateAll((all) => all.map((button) => button.getAttribute('aria-label') ?? ''));
  return labels.map((label) => label.replace('Unpin feature ', ''));
}

test('P pins the feature under the pointer and shows it along the prompt', async ({ open }) => {
  const prompt = await open();
  await prompt.settled(15);
  await prompt.row('3/213').hover();
  await prompt.page.keyboard.press('p');
  await eventually(() => pinnedTracks(prompt)).toEqual(['3/213']);
  await eventually(() => words(prompt.tracks)).toContain('Active: 4.86 at 9 ,, 5.13 at 14 to.');
  await prompt.row('2/43').hover();
  await prompt.page.keyboard.press('p');
  await eventually(() => pinnedTracks(prompt)).toEqual(['3/213', '2/43']);
  await prompt.row('3/213').hover();
  await prompt.page.keyboard.press('p');
  await eventually(() => pinnedTracks(prompt)).toEqual(['2/43']);
  await prompt.page.getByRole('button', { name: 'Unpin feature 2/43' }).click();
  await eventually(() => pinnedTracks(prompt)).toEqual([]);
});

test('the list is walked and features are pinned without a pointer', async ({ open }) => {
  const prompt = await open();
  await prompt.settled(15);
  await prompt.selectedToken.focus();
  const { keyboard } = prompt.page;
  await keyboard.press('Enter');
  const focused = prompt.rows.and(prompt.page.locator(':focus'));
  await eventually(() => focused.textContent()).toContain('3/213');
  await keyboard.press('p');
  await keyboard.press('ArrowDown');
  await eventually(() => focused.textContent()).toContain('3/1362');
  await keyboard.press('p');
  await eventually(() => pinnedTracks(prompt)).toEqual(['3/213', '3/1362']);
  expect(await focused.getAttribute('aria-selected')).toBe('true');
  await keyboard.press('End');
  await eventually(() => focused.getAttribute('aria-rowindex')).toMatch(/^1[78]\d$/);
});

test('a click on a feature shows what is known of it, until it is closed', async ({
  open,
  server,
}) => {
  const prompt = await open();
  await prompt.settled(15);
  const panel = prompt.page.getByRole('region', { name: 'Feature 3/213' });
  await prompt.row('3/213').click();
  await panel.waitFor();
  const response = await fetch(`${server.address}/api/v1/features/demo/3-att-demo/213`);
  const known = (await response.json()) as FeatureInfo;
  for (const [place, title] of (['promotes', 'demotes'] as const).entries()) {
    const items = panel.getByRole('list').nth(place).getByRole('listitem');
    await eventually(() => items.count()).toBe(8);
    const shown = await items.allTextContents();
    expect(shown).toEqual(
      known[title]
        .slice(0, 8)
        .map(({ text, effect }) => `${tokenLabel(text)}${formatActivation(effect)}`),
    );
  }
  const heads = await panel.getByTitle(/^head 3\.\d: /).allTextContents();
  expect(heads).toEqual(known.heads?.map((share, head) => `3.${head}${Math.round(share * 100)} %`));
  expect(await words(panel)).toMatch(/active here on 2 of 15/);
  expect(await words(panel)).toMatch(/one of 1,536 features .* blocks\.3\.attn\.hook_z/);
  // Where it is active leads there.
  await panel.getByTitle('Select the token at position 9').click();
  await eventually(() => prompt.selectedToken.getAttribute('aria-posinset')).toBe('10');
  await prompt.page.keyboard.press('Escape');
  await eventually(() => panel.count()).toBe(0);
  await prompt.page.getByRole('region', { name: 'Next token' }).waitFor();
});

test('Enter opens the feature of a row, another row takes its place', async ({ open }) => {
  const prompt = await open();
  await prompt.settled(15);
  const { keyboard } = prompt.page;
  await prompt.selectedToken.focus();
  await keyboard.press('Enter');
  const focused = prompt.rows.and(prompt.page.locator(':focus'));
  await eventually(() => focused.textContent()).toContain('3/213');
  await keyboard.press('Enter');
  await prompt.page.getByRole('region', { name: 'Feature 3/213' }).waitFor();
  await keyboard.press('ArrowDown');
  await eventually(() => focused.textContent()).toContain('3/1362');
  await keyboard.press('Enter');
  await prompt.page.getByRole('region', { name: 'Feature 3/1362' }).waitFor();
  await keyboard.press('Escape');
  await prompt.page.getByRole('region', { name: 'Next token' }).waitFor();
  expect(await focused.textContent()).toContain('3/1362');
});

test('at most eight features are pinned at once', async ({ open }) => {
  const prompt = await open();
  await prompt.settled(15);
  const names = (await prompt.listed()).slice(0, 9).map(({ name }) => name);
  for (const name of names) {
    await prompt.row(name).hover();
    await prompt.page.keyboard.press('p');
  }
  await eventually(() => pinnedTracks(prompt)).toEqual(names.slice(0, 8));
  const ninth = prompt.row(names[8] ?? '').getByRole('button', { name: /^Pin feature/ });
  expect(await ninth.isDisabled()).toBe(true);
  await prompt.page.getByRole('button', { name: 'unpin all' }).click();
  await eventually(() => pinnedTracks(prompt)).toEqual([]);
  expect(await ninth.isDisabled()).toBe(false);
});

test('a pinned feature of another prompt says that it is silent on this one', async ({ open }) => {
  const prompt = await open({ hash: '/prompt?pins=3-att-demo%2F213' });
  await prompt.settled(15);
  await prompt.run('Hello there');
  await prompt.settled(3);
  await prompt.page.getByText('not active on any token of this prompt').waitFor();
  expect(await pinnedTracks(prompt)).toEqual(['3/213']);
});

test('the list is filtered by id, by promoted token and by least activation', async ({ open }) => {
  const prompt = await open();
  await prompt.settled(15);
  const text = prompt.page.getByRole('searchbox', { name: /^Filter by feature id/ });
  await text.fill('3/213');
  await eventually(async () => (await prompt.listed()).map(({ name }) => name)).toEqual(['3/213']);
  // What features promote is asked of the weights, so that the list comes in a moment.
  await text.fill('mary');
  await eventually(async () => (await prompt.listed()).map(({ name }) => name)).toEqual(
    expect.arrayContaining(['3/213', '3/1431']),
  );
  for (const promotes of await prompt.rows.allTextContents()) expect(promotes).toMatch(/pos|mary/i);
  await text.fill('');
  const least = prompt.page.getByRole('textbox', { name: 'Least activation' });
  await least.fill('3');
  const strong = goldenFeatures('ioi').filter(
    ({ position, activation }) => position === 14 && activation >= 3,
  );
  await eventually(async () => (await prompt.listed()).map(({ name }) => name)).toEqual(
    strong.map(({ name }) => name),
  );
  expect(await words(prompt.selection)).toMatch(/7 of 18\d features/);
  await least.fill('99');
  await prompt.page.getByText(/None of the 18\d active features/).waitFor();
  await prompt.page.getByRole('button', { name: 'Clear the filters' }).click();
  await prompt.top('3/213');
  expect(await least.inputValue()).toBe('');
});

test('the list is filtered by source, and the map follows', async ({ open }) => {
  const prompt = await open();
  await prompt.settled(15);
  await prompt.choose('all sources', 'L2 attn');
  await prompt.top('2/378');
  for (const { name, kind } of await prompt.listed()) {
    expect([name[0], kind]).toEqual(['2', 'attention']);
  }
  const chosen = prompt.tracks.locator('.map-labels').getByRole('button', { pressed: true });
  expect(await chosen.textContent()).toBe('L2 attn');
  await prompt.selection.getByRole('button', { name: 'L2 attn' }).click();
  await prompt.page.getByRole('menuitemradio', { name: /mlp-demo/ }).click();
  await prompt.top('2/43');
  for (const { kind } of await prompt.listed()) expect(kind).toBe('MLP');
  expect(await chosen.count()).toBe(0);
});

test('features of this token only are told from those that are everywhere', async ({ open }) => {
  const prompt = await open();
  await prompt.settled(15);
  const golden = goldenFeatures('ioi').filter(({ position }) => position > 0);
  const tokensOf = (id: string) => golden.filter((one) => one.id === id).length;
  const last = golden.filter(({ position, activation }) => position === 14 && activation > 1);
  const names = (keep: (tokens: number) => boolean) =>
    last.filter(({ id }) => keep(tokensOf(id))).map(({ name }) => name);
  const listed = async () =>
    (await prompt.listed()).filter(({ activation }) => activation > 1).map(({ name }) => name);

  await prompt.page.getByRole('button', { name: 'only here' }).click();
  await eventually(listed).toEqual(names((tokens) => tokens === 1));
  await prompt.page.getByRole('button', { name: 'everywhere' }).click();
  await eventually(listed).toEqual(names((tokens) => tokens >= 0.9 * 14));
  await prompt.page.getByRole('button', { name: 'all', exact: true }).click();
  await prompt.top('3/213');
});

test('the list can be grouped by source, with how well each reconstructs', async ({ open }) => {
  const prompt = await open();
  await prompt.settled(15);
  await prompt.choose(/^order: strongest/, 'by source');
  const grid = prompt.page.getByRole('grid', { name: 'Features of the selected token' });
  await eventually(() => words(grid)).toMatch(
    /L3 MLP\s*3\d active features · error 0\.33\d* · explains 0\.\d+ · raw values/,
  );
  await prompt.top('3/736');
});

test('a feature tells what it promotes and demotes', async ({ open }) => {
  const prompt = await open();
  await prompt.settled(15);
  await eventually(() => prompt.row('3/213').textContent()).toContain('·Mary');
  await prompt.row('3/213').getByText('·Mary', { exact: true }).hover();
  const tooltip = prompt.page.getByRole('tooltip').first();
  await eventually(() => tooltip.textContent()).toMatch(/promotes·Mary\d\.\d\d.*demotes/);
});
