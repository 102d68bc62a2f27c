import { expect } from 'vitest';
import { eventually, words } from './support/eventually.ts';
import { goldenFeatures, goldenLogits, goldenPrompt } from './support/golden.ts';
import type { PromptPage } from './support/prompt-page.ts';
import { test } from './support/test.ts';

/** Middle of a cell of the map, in CSS pixels of the window. */
async function cell(prompt: PromptPage, position: number, row: string) {
  const token = await prompt.tokens.nth(position).boundingBox();
  const label = await prompt.tracks.getByRole('button', { name: row, exact: true }).boundingBox();
  if (!token || !label) throw new Error(`no cell of ${row} at ${position}`);
  return { x: token.x + token.width / 2, y: label.y + label.height / 2 };
}

/** Colour of a cell's upper left corner, where no number stands. */
async function cellColour(prompt: PromptPage, position: number, row: string) {
  const { x, y } = await cell(prompt, position, row);
  const token = await prompt.tokens.nth(position).boundingBox();
  const corner = { x: x - (token?.width ?? 0) / 2 + 4, y: y - 7 };
  return prompt.map.locator('canvas').evaluate((element, at) => {
    const canvas = element as HTMLCanvasElement;
    const box = canvas.getBoundingClientRect();
    const scale = canvas.width / box.width;
    // A copy, as reading much from a canvas makes the browser draw it more slowly.
    const pixel = new OffscreenCanvas(1, 1).getContext('2d');
    pixel?.drawImage(canvas, (box.x - at.x) * scale, (box.y - at.y) * scale);
    return [...(pixel?.getImageData(0, 0, 1, 1).data ?? [])].slice(0, 3);
  }, corner);
}

/** What stands in the line above a track. */
function headOf(prompt: PromptPage, title: string) {
  return prompt.tracks.getByRole('heading', { name: title, exact: true }).locator('..');
}

test('every number on the first screen is the one that PyTorch computes', async ({ open }) => {
  const prompt = await open();
  await prompt.settled(15);
  const golden = goldenFeatures('ioi').filter(({ position }) => position === 14);
  await prompt.top('3/213');
  const listed = await prompt.listed();
  expect(listed.length).toBeGreaterThan(15);
  for (const [rank, { name, kind, activation }] of listed.entries()) {
    const expected = golden.find((one) => one.name === name && one.kind === kind);
    expect(Math.abs(activation - (expected?.activation ?? 0)), name).toBeLessThan(0.0151);
    if (rank < 7) expect(name).toBe(golden[rank]?.name);
  }
  expect(listed[0]).toEqual({ name: '3/213', kind: 'attention', activation: 5.13 });
  const { surprisal_nats, top20 } = goldenLogits('ioi');
  for (const [position, nats] of surprisal_nats.entries()) {
    const label = (await prompt.tokens.nth(position).getAttribute('aria-label')) ?? '';
    const shown = /surprisal ([\d.]+) nats/.exec(label)?.[1];
    if (nats === null) expect(shown).toBeUndefined();
    else expect(Math.abs(Number(shown) - nats), label).toBeLessThan(0.0151);
  }
  expect(await prompt.nextTokens.allTextContents()).toEqual(
    expect.arrayContaining(
      top20.slice(0, 3).map(({ token }) => expect.stringContaining(token.replace('Ġ', '·'))),
    ),
  );
  expect(await words(prompt.selection)).toMatch(/position 14 · 18\d active features/);
});

test('arrow keys move between tokens and stop at both ends', async ({ open }) => {
  const prompt = await open();
  await prompt.settled(15);
  const { keyboard } = prompt.page;
  await keyboard.press('ArrowRight');
  expect(await prompt.selectedToken.getAttribute('aria-posinset')).toBe('15');
  for (let i = 0; i < 3; i++) await keyboard.press('ArrowLeft');
  await eventually(() => prompt.selectedToken.textContent()).toBe('·gave');
  await eventually(() => words(prompt.selection)).toMatch(/^·gaveposition 11/);
  const best = goldenFeatures('ioi').find(({ position }) => position === 11);
  await prompt.top(best?.name ?? '');
  await keyboard.press('Home');
  await eventually(() => prompt.selectedToken.textContent()).toBe('BOS');
  await keyboard.press('ArrowLeft');
  expect(await prompt.selectedToken.textContent()).toBe('BOS');
  await keyboard.press('End');
  await eventually(() => prompt.selectedToken.textContent()).toBe('·to');
});

test('a click on a token selects it, and Enter leads into its features', async ({ open }) => {
  const prompt = await open();
  await prompt.settled(15);
  await prompt.tokens.nth(4).click();
  await eventually(() => prompt.selectedToken.textContent()).toBe('·John');
  await prompt.selectedToken.focus();
  await prompt.page.keyboard.press('Enter');
  const focused = prompt.rows.and(prompt.page.locator(':focus'));
  await eventually(() => focused.count()).toBe(1);
  await prompt.page.keyboard.press('ArrowDown');
  const second = (await prompt.listed())[1]?.name ?? '';
  await eventually(() => focused.textContent()).toContain(second);
});

test('brackets move between layers, and the list keeps to the chosen one', async ({ open }) => {
  const prompt = await open();
  await prompt.settled(15);
  const { keyboard } = prompt.page;
  const chosen = prompt.tracks.locator('.map-labels').getByRole('button', { pressed: true });
  await keyboard.press(']');
  await eventually(() => chosen.textContent()).toBe('L0 attn');
  await keyboard.press(']');
  await keyboard.press(']');
  await keyboard.press('[');
  await eventually(() => chosen.textContent()).toBe('L0 MLP');
  await prompt.top('0/1133');
  for (const { name, kind } of await prompt.listed()) expect([name[0], kind]).toEqual(['0', 'MLP']);
  expect(await words(prompt.map)).toMatch(/L0 MLP, to, position 14: \d+ active features/);
  for (let i = 0; i < 9; i++) await keyboard.press(']');
  await eventually(() => chosen.textContent()).toBe('L3 MLP');
  await keyboard.press('Escape');
  await eventually(() => chosen.count()).toBe(0);
  await prompt.top('3/213');
});

test('a click on the map selects a cell, a second one lets the row go', async ({ open }) => {
  const prompt = await open();
  await prompt.settled(15);
  const { mouse } = prompt.page;
  const at = await cell(prompt, 13, 'L3 attn');
  await mouse.click(at.x, at.y);
  await eventually(() => prompt.selectedToken.textContent()).toBe('·drink');
  await prompt.top('3/1148');
  const golden = goldenFeatures('ioi').filter(
    ({ source, position }) => source === '3-att-demo' && position === 13,
  );
  const names = (await prompt.listed()).map(({ name }) => name);
  expect(names.slice(0, golden.length)).toEqual(golden.map(({ name }) => name));
  expect(await words(prompt.selection)).toMatch(/position 13 · \d of \d+ features/);
  const again = await cell(prompt, 13, 'L3 attn');
  await mouse.click(again.x, again.y);
  await eventually(async () => (await prompt.listed()).length).toBeGreaterThan(8);
});

test('the map can be walked by keyboard and tells its cells in words', async ({ open }) => {
  const prompt = await open();
  await prompt.settled(15);
  await prompt.map.focus();
  const { keyboard } = prompt.page;
  await keyboard.press('ArrowDown');
  await keyboard.press('ArrowDown');
  await eventually(() => words(prompt.map)).toMatch(
    /L3 attn, to, position 14: \d+ active features, strongest 213 with 5\.13/,
  );
  await keyboard.press('ArrowLeft');
  await eventually(() => words(prompt.map)).toMatch(
    /L3 attn, drink, position 13: \d+ active features, strongest 1148 with 6\.99/,
  );
  await keyboard.press('Enter');
  await eventually(() => prompt.rows.and(prompt.page.locator(':focus')).count()).toBe(1);
});

test('pointing at a cell explains it with exact numbers', async ({ open }) => {
  const prompt = await open();
  await prompt.settled(15);
  const at = await cell(prompt, 13, 'L3 attn');
  await prompt.page.mouse.move(at.x, at.y);
  const tooltip = prompt.page.getByRole('tooltip');
  await eventually(() => tooltip.textContent()).toMatch(/layer 3 attention/);
  const words = (await tooltip.textContent()) ?? '';
  expect(words).toMatch(/position 13/);
  expect(words).toMatch(/active features\d/);
  expect(words).toMatch(/3\/1148 6\.992/);
  await prompt.page.mouse.move(5, 5);
  await eventually(() => tooltip.count()).toBe(0);
});

test('the map is shaded by strongest activation, number or error, and BOS is out of the scale', async ({
  open,
}) => {
  // On BOS its activations, counts and errors are all greater than on the one token.
  const prompt = await open({ hash: '/prompt?prompt=The' });
  await prompt.settled(2);
  const head = headOf(prompt, 'active features');
  const scale = () => words(head);
  await eventually(scale).toMatch(/02\.57.*08\.63.*special tokens left out/);
  const [red = 0, green = 0, blue = 0] = await cellColour(prompt, 0, 'L3 MLP');
  expect(Math.max(red, green, blue) - Math.min(red, green, blue)).toBeLessThan(8);
  const byStrongest = await cellColour(prompt, 1, 'L0 MLP');

  await prompt.choose(/^shade:/, 'active features');
  await eventually(scale).toMatch(/01[6-9].*01[6-9]/);
  await eventually(() => cellColour(prompt, 1, 'L0 MLP')).not.toEqual(byStrongest);
  const byCount = await cellColour(prompt, 1, 'L0 MLP');

  await prompt.choose(/^shade:/, 'reconstruction error');
  await eventually(scale).toMatch(/00\.55.*00\.55/);
  await eventually(() => cellColour(prompt, 1, 'L0 MLP')).not.toEqual(byCount);
});

test('tokens are coloured by surprisal or by a feature', async ({ open }) => {
  const prompt = await open({ hash: '/prompt?pins=3-att-demo%2F213' });
  await prompt.settled(15);
  const colourOf = (position: number) =>
    prompt.tokens
      .nth(position)
      .locator('.token-chip')
      .evaluate((chip) => getComputedStyle(chip).backgroundColor);
  const clear = 'rgba(0, 0, 0, 0)';
  expect(await colourOf(4)).not.toBe(clear);
  await prompt.page.getByRole('button', { name: 'Colour the tokens by feature 3/213' }).click();
  await eventually(() => colourOf(4)).toBe(clear);
  expect(await colourOf(9)).not.toBe(clear);
  expect(await colourOf(14)).not.toBe(clear);
  await prompt.choose(/^Tokens are coloured by feature 3\/213/, 'surprisal');
  await eventually(() => colourOf(4)).not.toBe(clear);
  // For as long as the pointer is on a feature, it is the one.
  await prompt.row('3/1362').hover();
  await eventually(() => colourOf(4)).toBe(clear);
  await prompt.box.hover();
  await eventually(() => colourOf(4)).not.toBe(clear);
});

test('the logit lens tells the prediction after each layer', async ({ open }) => {
  const prompt = await open();
  await prompt.settled(15);
  await prompt.lens.focus();
  await eventually(() => words(prompt.lens)).toMatch(/after layer 3, to.*: Mary >99\.9 %/);
  await prompt.page.keyboard.press('ArrowDown');
  await eventually(() => words(prompt.lens)).toMatch(/after layer 2, to.*: Susan /);
  await prompt.page.keyboard.press('ArrowLeft');
  await eventually(() => words(prompt.lens)).toMatch(/after layer 2, drink.*: to /);
  const lens: { layers: { layer: number; positions: { text: string }[][] }[] } = JSON.parse(
    await prompt.copy('Logit lens: menu', 'Copy JSON'),
  );
  expect(lens.layers.map(({ layer, positions }) => [layer, positions.length])).toEqual([
    [0, 15],
    [1, 15],
    [2, 15],
    [3, 15],
  ]);
  // After the last layer the lens is the model's own prediction.
  const golden = goldenLogits('ioi').top20.slice(0, 5);
  expect(lens.layers[3]?.positions[14]?.slice(0, 5).map(({ text }) => text)).toEqual(
    golden.map(({ token }) => token.replace('Ġ', ' ')),
  );
});

test('a chosen token stays chosen while the prompt grows behind it', async ({ open }) => {
  const prompt = await open({ hash: '/prompt?prompt=Once+upon+a+time' });
  await prompt.settled(5);
  await prompt.tokens.nth(2).click();
  await prompt.run(goldenPrompt('story'));
  await prompt.settled(12);
  expect(await prompt.selectedToken.textContent()).toBe('·upon');
  expect(await words(prompt.selection)).toMatch(/actual ·a/);
});

test('the attention of a chosen head stands on the axis, and says why it looks where it does', async ({
  open,
}) => {
  const prompt = await open();
  await prompt.settled(15);
  const { page } = prompt;
  await page.getByRole('button', { name: 'choose a head' }).click();
  await page.getByRole('menuitem', { name: 'head 3.2', exact: true }).click();
  const track = prompt.tracks.locator('[data-track="attention"]');
  // The head that moves the name: nearly all that it does at the end is look back at it.
  await eventually(() => words(track)).toMatch(/^99\.8 % at ·Mary 2, /);
  const bar = await track.boundingBox();
  const token = await prompt.tokens.nth(2).boundingBox();
  if (!bar || !token) throw new Error('no track');
  await page.mouse.click(token.x + token.width / 2, bar.y + 20);
  const dialog = page.getByRole('dialog', { name: 'Why head 3.2 looks from ·to 14 at ·Mary 2' });
  await eventually(() => words(dialog)).toMatch(/gives that position 99\.8 % of its attention/);
  expect(await dialog.getByRole('row').count()).toBe(13);
  await page.keyboard.press('Escape');
  await eventually(() => dialog.count()).toBe(0);
  // From another token it looks elsewhere, and nowhere that comes later.
  await prompt.tokens.nth(5).click();
  await eventually(() => words(track)).not.toMatch(/^99\.8 % at ·Mary 2, /);
  expect(await words(track)).not.toMatch(/[1-9]\.\d % at ·drink/);
  await page.getByRole('button', { name: /^why / }).first().click();
  await page.getByRole('dialog', { name: /^Why head 3\.2 looks from ·went 5 at / }).waitFor();
});
