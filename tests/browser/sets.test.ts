import { expect } from 'vitest';
import { eventually, words } from './support/eventually.ts';
import { test } from './support/test.ts';

test('sets can be left out of a run, which the link and the browser keep', async ({ open }) => {
  const prompt = await open();
  await prompt.settled(15);
  const { page } = prompt;
  const asked: string[][] = [];
  page.on('request', (request) => {
    if (!request.url().endsWith('/activations')) return;
    asked.push((request.postDataJSON() as { sources?: string[] }).sources ?? ['all']);
  });
  const menu = page.getByRole('button', { name: /^Sets that run/ });
  expect(await words(menu)).toBe('2 sets');
  await menu.click();
  await page.getByRole('menuitemcheckbox', { name: /^att-demo/ }).click();
  // The last one stays: without any there would be nothing to see.
  const last = page.getByRole('menuitemcheckbox', { name: /^mlp-demo/ });
  await eventually(() => last.getAttribute('aria-disabled')).toBe('true');
  await page.keyboard.press('Escape');
  await eventually(() => words(menu)).toBe('1 of 2 sets');
  await eventually(() => asked).toEqual([['0-mlp-demo', '1-mlp-demo', '2-mlp-demo', '3-mlp-demo']]);
  await eventually(() => words(prompt.tracks)).not.toContain('L3 attn');
  await eventually(() => page.url()).toContain('sets=mlp-demo');

  // Another visit that says nothing of sets.
  await page.goto(page.url().replace(/#.*/, '#/prompt?model=demo&prompt=Lily+had'));
  await page.reload();
  await eventually(() => words(menu)).toBe('1 of 2 sets');
  await eventually(() => asked.at(-1)).toEqual([
    '0-mlp-demo',
    '1-mlp-demo',
    '2-mlp-demo',
    '3-mlp-demo',
  ]);
  await menu.click();
  await page.getByRole('menuitem', { name: 'Run all of them' }).click();
  await eventually(() => words(menu)).toBe('2 sets');
  await eventually(() => asked.at(-1)).toEqual(['all']);
  await eventually(() => page.url()).not.toContain('sets=');
});
