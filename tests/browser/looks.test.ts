import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { eventually, words } from './support/eventually.ts';
import { NOTHING, overflow } from './support/overflow.ts';
import type { PromptPage } from './support/prompt-page.ts';
import { test } from './support/test.ts';

const LIGHT = 'rgb(246, 246, 243)';
const DARK = 'rgb(19, 19, 20)';
const PINS =
  '/prompt?pins=3-att-demo%2F213,2-mlp-demo%2F43,0-mlp-demo%2F1133,2-att-demo%2F65,3-att-demo%2F1362,3-att-demo%2F1199,2-att-demo%2F378,0-mlp-demo%2F105';

function background(page: Page): Promise<string> {
  return page.evaluate(() => getComputedStyle(document.body).backgroundColor);
}

async function chooseTheme({ page }: PromptPage, theme: string): Promise<void> {
  await page.getByRole('button', { name: 'Theme' }).click();
  await page.getByRole('menuitemradio', { name: theme }).click();
}

test('the page is light or dark as the system is, and follows it', async ({ open }) => {
  const prompt = await open({ colorScheme: 'dark' });
  await prompt.settled(15);
  expect(await background(prompt.page)).toBe(DARK);
  await prompt.page.emulateMedia({ colorScheme: 'light' });
  await eventually(() => background(prompt.page)).toBe(LIGHT);
});

test('a chosen theme outweighs the system and is remembered', async ({ open }) => {
  const prompt = await open({ colorScheme: 'light' });
  await prompt.settled(15);
  await chooseTheme(prompt, 'Dark');
  await eventually(() => background(prompt.page)).toBe(DARK);
  await prompt.page.reload();
  await prompt.settled(15);
  expect(await background(prompt.page)).toBe(DARK);
  await chooseTheme(prompt, 'As the system');
  await eventually(() => background(prompt.page)).toBe(LIGHT);
});

test('nothing moves for those who ask for less motion', async ({ open }) => {
  const prompt = await open({ reducedMotion: 'reduce' });
  await prompt.settled(15);
  await prompt.page.keyboard.press('ControlOrMeta+K');
  await prompt.page.getByRole('dialog').waitFor();
  const moving = await prompt.page.evaluate(() =>
    [...document.querySelectorAll('*')]
      .filter((element) => {
        const { transitionDuration, animationDuration, animationName } = getComputedStyle(element);
        const longest = (list: string) => Math.max(...list.split(',').map(Number.parseFloat));
        return (
          longest(transitionDuration) > 0.011 ||
          (animationName !== 'none' && longest(animationDuration) > 0.011)
        );
      })
      .map((element) => element.className),
  );
  expect(moving).toEqual([]);
});

test('behind tabs, what is clicked is shown: a cell of the map, a token', async ({ open }) => {
  const prompt = await open({ viewport: { width: 900, height: 700 } });
  await prompt.settled(15);
  const { page } = prompt;
  const map = page.locator('[data-track="map"]');
  const box = await map.boundingBox();
  if (!box) throw new Error('The map is not drawn.');
  await page.mouse.click(box.x + 30, box.y + 30);
  await prompt.rows.first().waitFor();
  expect(await words(prompt.selection)).toMatch(/BOS.*L3 attn/);
  expect(await prompt.rows.first().evaluate((row) => row.contains(document.activeElement))).toBe(
    true,
  );
  await page.getByRole('tab', { name: 'Tracks' }).click();
  await prompt.tokens.nth(2).click();
  await eventually(() => words(prompt.selection)).toMatch(/^·Mary/);
  // Keys walk without leaving the tracks; Enter opens.
  await page.getByRole('tab', { name: 'Tracks' }).click();
  await prompt.selectedToken.focus();
  await page.keyboard.press('ArrowRight');
  expect(await prompt.selectedToken.textContent()).toBe('·and');
  await page.keyboard.press('Enter');
  await eventually(() => words(prompt.selection)).toMatch(/^·and/);
});

test('at 900 pixels the panels stand behind tabs and nothing is cut off', async ({ open }) => {
  const prompt = await open({ viewport: { width: 900, height: 1200 }, hash: PINS });
  await prompt.settled(15);
  const tabs = prompt.page.getByRole('tab');
  expect(await tabs.allTextContents()).toEqual(['Tracks', 'Selected token']);
  expect(await prompt.selection.count()).toBe(0);
  expect(await overflow(prompt.page)).toEqual(NOTHING);
  await prompt.tokens.nth(4).click();
  await prompt.page.getByRole('tab', { name: 'Selected token' }).click();
  await prompt.rows.first().waitFor();
  expect(await words(prompt.selection.getByRole('heading').first())).toBe('·John');
  expect(await prompt.tracks.count()).toBe(0);
  expect(await overflow(prompt.page)).toEqual(NOTHING);
  await prompt.page.keyboard.press('ArrowLeft');
  await prompt.page.getByRole('tab', { name: 'Tracks' }).waitFor();
});

test('the page never scrolls as a whole, however small the window', async ({ open }) => {
  const prompt = await open({ hash: PINS });
  await prompt.settled(15);
  for (const [width, height] of [
    [1440, 900],
    [1440, 420],
    [1024, 700],
    [901, 600],
    [900, 420],
    [700, 800],
  ] as const) {
    await prompt.page.setViewportSize({ width, height });
    await prompt.tokens.first().waitFor();
    await eventually(() => overflow(prompt.page)).toEqual(NOTHING);
  }
  await prompt.run(`a${' a'.repeat(200)}`);
  await prompt.settled(202);
  await eventually(() => overflow(prompt.page)).toEqual(NOTHING);
});

test('the panels keep the widths that they were given', async ({ open }) => {
  const prompt = await open();
  await prompt.settled(15);
  const line = prompt.page.getByRole('separator');
  const width = async () => Math.round((await prompt.selection.boundingBox())?.width ?? 0);
  const before = await width();
  await line.focus();
  for (let i = 0; i < 3; i++) await prompt.page.keyboard.press('ArrowLeft');
  await eventually(width).toBeGreaterThan(before + 20);
  const after = await width();
  await prompt.page.reload();
  await prompt.settled(15);
  await eventually(width).toBe(after);
});

test('fonts come with the page', async ({ open }) => {
  const prompt = await open();
  await prompt.settled(15);
  const loaded = () =>
    prompt.page.evaluate(() =>
      [...document.fonts]
        .filter(({ status }) => status === 'loaded')
        .map(({ family }) => family.replaceAll('"', '')),
    );
  await eventually(loaded).toEqual(expect.arrayContaining(['Inter Variable', 'JetBrains Mono']));
});
