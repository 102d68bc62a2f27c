import { expect } from 'vitest';
import { AXE, violations } from './support/axe.ts';
import { eventually, words } from './support/eventually.ts';
import { test } from './support/test.ts';

const WHY = encodeURIComponent('When Mary and John went to the store, John gave a drink to');
const CIRCUIT = `/circuit?model=demo&prompt=${WHY}&why=%20Mary&not=%20John`;

test('a word of the trade says what it means on hover and on focus, to screen readers too', async ({
  open,
}) => {
  const prompt = await open({ script: AXE });
  await prompt.settled(15);
  const { page } = prompt;
  const term = page.getByText('surprisal', { exact: true }).and(page.locator('.term'));
  const told = page.getByRole('tooltip');
  await term.hover();
  await eventually(() => told.textContent()).toContain('How unexpected a token was to the model');
  // Through a few points: a single leap is no way out of what it shows.
  await page.mouse.move(700, 880, { steps: 8 });
  await eventually(() => told.count()).toBe(0);
  await term.focus();
  await eventually(() => told.textContent()).toContain('How unexpected a token was to the model');
  expect(await term.getAttribute('aria-describedby')).toBe(await told.getAttribute('id'));
  expect(await violations(prompt)).toEqual([]);
  await page.keyboard.press('Escape');
  await eventually(() => told.count()).toBe(0);
});

test('a score of a circuit says what it means and what it is of the whole graph', async ({
  open,
}) => {
  const { page } = await open({ hash: CIRCUIT });
  const term = page.locator('.scores .term', { hasText: 'replacement' });
  await term.focus();
  const told = page.getByRole('tooltip');
  await eventually(() => told.textContent()).toMatch(
    /begins at tokens rather than at errors.*in the whole graph it is [\d.]+ %/,
  );
});

test('the question mark lists every word, and the palette finds them', async ({ open }) => {
  const prompt = await open();
  await prompt.settled(15);
  const { page } = prompt;
  await page.keyboard.press('?');
  const help = page.getByRole('dialog', { name: 'Keys and words' });
  await help.waitFor();
  const text = await words(help);
  for (const word of ['surprisal', 'residual stream', 'DFA', 'error node', 'KL divergence']) {
    expect(text).toContain(word);
  }
  await page.keyboard.press('Escape');
  await eventually(() => help.count()).toBe(0);
  await page.keyboard.press('ControlOrMeta+K');
  await page.keyboard.type('transcoder');
  await page.getByRole('option', { name: /^transcoder/ }).click();
  await help.waitFor();
  const asked = help.locator('[data-asked]');
  expect(await words(asked)).toContain('A dictionary that reads what goes into an MLP');
  await eventually(() =>
    asked.evaluate((word) => {
      const box = word.getBoundingClientRect();
      const window = word.closest('[role=dialog]')?.getBoundingClientRect();
      return window !== undefined && box.top >= window.top && box.bottom <= window.bottom;
    }),
  ).toBe(true);
});
