import { expect } from 'vitest';
import { AXE, violations } from './support/axe.ts';
import { eventually, words } from './support/eventually.ts';
import { test } from './support/test.ts';

const PINS = '/prompt?pins=3-att-demo%2F213,2-mlp-demo%2F43,0-mlp-demo%2F1133';
const NARROW = { width: 900, height: 1200 };

for (const colorScheme of ['light', 'dark'] as const) {
  test(`the full page in ${colorScheme} has no serious violation`, async ({ open }) => {
    const prompt = await open({ colorScheme, script: AXE, hash: PINS });
    await prompt.settled(15);
    await eventually(() => prompt.row('3/213').textContent()).toContain('·Mary');
    expect(await violations(prompt)).toEqual([]);
    await prompt.page.keyboard.press(']');
    await prompt.tokens.nth(4).click();
    await prompt.page.getByRole('button', { name: 'Colour the tokens by feature 3/213' }).click();
    expect(await violations(prompt)).toEqual([]);
  });

  test(`windows and menus in ${colorScheme} have no serious violation`, async ({ open }) => {
    const prompt = await open({ colorScheme, script: AXE, hash: PINS });
    await prompt.settled(15);
    const { page } = prompt;
    await page.keyboard.press('ControlOrMeta+K');
    await page.getByRole('dialog').waitFor();
    expect(await violations(prompt)).toEqual([]);
    await page.keyboard.type('mary');
    await page.getByRole('option', { name: /^3-att-demo\/213/ }).waitFor();
    expect(await violations(prompt)).toEqual([]);
    await page.keyboard.press('Escape');
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keys and words' }).waitFor();
    expect(await violations(prompt)).toEqual([]);
    await page.keyboard.press('Escape');
    for (const name of ['Examples', 'Model: demo', 'Theme', 'Tracks: menu', 'all sources']) {
      await page.getByRole('button', { name }).click();
      await page.getByRole('menu').waitFor();
      expect(await violations(prompt), name).toEqual([]);
      await page.keyboard.press('Escape');
      await eventually(() => page.getByRole('menu').count()).toBe(0);
    }
    await prompt.engineBadge.click();
    await page.getByRole('dialog', { name: 'Engine' }).waitFor();
    expect(await violations(prompt)).toEqual([]);
  });

  test(`a narrow page in ${colorScheme} has no serious violation`, async ({ open }) => {
    const prompt = await open({ colorScheme, script: AXE, viewport: NARROW, hash: PINS });
    await prompt.settled(15);
    expect(await violations(prompt)).toEqual([]);
    await prompt.page.getByRole('tab', { name: 'Selected token' }).click();
    await prompt.rows.first().waitFor();
    expect(await violations(prompt)).toEqual([]);
  });
}

test('what is refused, missing or short has no serious violation', async ({ open }) => {
  const prompt = await open({ script: AXE, expected: [/status of 400/] });
  await prompt.settled(15);
  await prompt.run('');
  await prompt.page.getByText('Type a prompt above').waitFor();
  expect(await violations(prompt)).toEqual([]);
  await prompt.run('Hello there');
  await prompt.settled(3);
  await prompt.run(`a${' a'.repeat(255)}`);
  await eventually(() => words(prompt.notice)).toContain('LOUPE_PROMPT_TOO_LONG');
  await prompt.page.getByRole('textbox', { name: 'Least activation' }).fill('99');
  await prompt.page.getByRole('button', { name: 'Clear the filters' }).waitFor();
  expect(await violations(prompt)).toEqual([]);
});

test('a long prompt has no serious violation', async ({ open }) => {
  const prompt = await open({ script: AXE });
  await prompt.run(`a${' a'.repeat(200)}`);
  await prompt.settled(202);
  expect(await violations(prompt)).toEqual([]);
  await prompt.page.getByRole('button', { name: 'fit' }).click();
  expect(await violations(prompt)).toEqual([]);
});
