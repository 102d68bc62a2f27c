import { expect } from 'vitest';
import { eventually } from './support/eventually.ts';
import {
  type GoldenFeature,
  goldenFeatures,
  goldenLogits,
  goldenPrompt,
} from './support/golden.ts';
import type { PromptPage } from './support/prompt-page.ts';
import { test } from './support/test.ts';

const STORY_TOKENS = 12;

interface Cell {
  source: string;
  position: number;
  active: number;
  strongest: string | null;
  activation: number;
}

/** The cells of the map as they are copied from it. */
async function mapCells(prompt: PromptPage): Promise<Cell[]> {
  return JSON.parse(await prompt.copy('Map of sources: menu', 'Copy JSON')).cells;
}

/** Compares the strongest feature and the number of features in every cell with PyTorch's. */
function expectCells(cells: readonly Cell[], golden: readonly GoldenFeature[], tokens: number) {
  expect(cells).toHaveLength(8 * tokens);
  for (const { source, position, active, strongest, activation } of cells) {
    const there = golden.filter((one) => one.source === source && one.position === position);
    const where = `${source} at ${position}`;
    // Golden files leave out what is below a thousandth.
    expect(active, where).toBeGreaterThanOrEqual(there.length);
    expect(active, where).toBeLessThanOrEqual(1.1 * there.length + 2);
    const best = there[0] as GoldenFeature;
    expect(strongest, where).toBe(best.id);
    const tolerance = Math.max(2e-3, 0.01 * best.activation);
    expect(Math.abs(activation - best.activation), where).toBeLessThan(tolerance);
  }
}

test('a pasted prompt shows the features of every source on every token', async ({ open }) => {
  const prompt = await open();
  await prompt.settled(15);
  await prompt.box.focus();
  await prompt.page.keyboard.press('ControlOrMeta+A');
  await prompt.page.evaluate((text) => navigator.clipboard.writeText(text), goldenPrompt('story'));
  const pasted = performance.now();
  await prompt.page.keyboard.press('ControlOrMeta+V');
  await prompt.settled(STORY_TOKENS);
  await prompt.rows.first().waitFor();
  console.log(`from paste to features: ${Math.round(performance.now() - pasted)} ms`);
  expect(await prompt.tokens.count()).toBe(STORY_TOKENS);
  expectCells(await mapCells(prompt), goldenFeatures('story'), STORY_TOKENS);
  await eventually(() => prompt.nextTokens.first().textContent()).toMatch(/^·Lily71\.[78] %/);
});

test('typing at the end updates as you go', async ({ open }) => {
  const prompt = await open({ hash: '/prompt?prompt=Once+upon+a' });
  await prompt.settled(4);
  const before = await mapCells(prompt);
  await prompt.box.press('End');
  await prompt.page.keyboard.type(' time');
  await prompt.settled(5);
  await prompt.page.keyboard.type(', there was');
  await prompt.settled(8);
  expect(await prompt.selectedToken.textContent()).toBe('·was');
  expect(await prompt.page.evaluate(() => document.activeElement?.id)).toBe('prompt-text');
  // A model that only looks back computes the same for what was there before.
  const after = (await mapCells(prompt)).filter(({ position }) => position < 4);
  expect(after.map(({ source, position, strongest }) => [source, position, strongest])).toEqual(
    before.map(({ source, position, strongest }) => [source, position, strongest]),
  );
});

test('editing the middle of a prompt recomputes what follows', async ({ open }) => {
  const prompt = await open();
  await prompt.settled(15);
  await prompt.box.fill(goldenPrompt('ioi').replace('Mary', 'Anna'));
  await eventually(() => prompt.nextTokens.first().textContent()).not.toMatch(/Mary/);
  await prompt.box.fill(goldenPrompt('ioi'));
  await eventually(() => prompt.nextTokens.first().textContent()).toMatch(/^·Mary/);
  expectCells(await mapCells(prompt), goldenFeatures('ioi'), 15);
});

test('the examples run when they are chosen', async ({ open }) => {
  const prompt = await open();
  await prompt.settled(15);
  await prompt.page.getByRole('button', { name: 'Examples' }).click();
  const entries = prompt.page.getByRole('menuitem');
  expect(await entries.count()).toBe(5);
  await entries.filter({ hasText: 'Years of a war' }).click();
  await eventually(() => prompt.box.inputValue()).toBe('The war lasted from 1732 to 17');
  const { ids, top20 } = goldenLogits('years');
  await prompt.settled(ids.length);
  const best = top20[0]?.token.replace('Ġ', '·') ?? '';
  expect((await prompt.nextTokens.first().textContent())?.startsWith(best)).toBe(true);
});

test('a prompt of one token', async ({ open }) => {
  const prompt = await open();
  await prompt.run(goldenPrompt('single'));
  await prompt.settled(2);
  expect(await prompt.tokens.allTextContents()).toEqual(['BOS', 'The']);
  expectCells(await mapCells(prompt), goldenFeatures('single'), 2);
});

test('emoji show as the bytes that the model sees', async ({ open }) => {
  const prompt = await open();
  await prompt.run(goldenPrompt('unicode'));
  await prompt.settled(23);
  const tokens = await prompt.tokens.allTextContents();
  expect(tokens.slice(4, 8)).toEqual(['·ca', 'f', 'c3', 'a9']);
  expect(tokens.slice(17)).toEqual(['·apple', '·', 'f09f', '8d', '8e', '!']);
  expectCells(await mapCells(prompt), goldenFeatures('unicode'), 23);
});

test('whitespace is neither trimmed nor hidden', async ({ open }) => {
  const prompt = await open();
  await prompt.run(' a\n\tb ');
  await eventually(async () => (await prompt.tokens.allTextContents()).slice(1).join('')).toBe(
    '·a↵⇥b·',
  );
});

test('a prompt as long as the context shows whole, and its tokens can be walked', async ({
  open,
}) => {
  const prompt = await open();
  await prompt.run(`a${' a'.repeat(254)}`);
  await prompt.settled(256);
  await eventually(() => prompt.selectedToken.getAttribute('aria-posinset')).toBe('256');
  const inView = async () => {
    const [token, score] = await Promise.all([
      prompt.selectedToken.boundingBox(),
      prompt.tracks.boundingBox(),
    ]);
    if (!token || !score) return false;
    return token.x >= score.x && token.x + token.width <= score.x + score.width;
  };
  expect(await inView()).toBe(true);
  await prompt.page.keyboard.press('Escape');
  await prompt.page.keyboard.press('Home');
  await eventually(() => prompt.selectedToken.textContent()).toBe('BOS');
  expect(await inView()).toBe(true);
  await prompt.page.keyboard.press('End');
  await eventually(inView).toBe(true);
  await prompt.rows.first().waitFor();
  await prompt.page.getByRole('button', { name: 'fit' }).click();
  await eventually(inView).toBe(true);
});

test('a prompt that is too long is refused with both lengths, and what was there stays', async ({
  open,
}) => {
  const prompt = await open({ expected: [/status of 400/] });
  await prompt.settled(15);
  await prompt.run(`a${' a'.repeat(255)}`);
  await eventually(() => prompt.notice.textContent()).toContain('LOUPE_PROMPT_TOO_LONG');
  const words = (await prompt.notice.textContent()) ?? '';
  expect(words).toMatch(/\b257\b/);
  expect(words).toMatch(/\b256\b/);
  expect(words).toContain('Below is still the run before.');
  expect(await prompt.page.getByRole('button', { name: 'Retry' }).count()).toBe(0);
  expect(await prompt.tokens.count()).toBe(15);
  await prompt.run('Hello there');
  await prompt.settled(3);
  await eventually(() => prompt.notice.textContent()).toBe('');
});
