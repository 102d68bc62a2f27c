import { expect } from 'vitest';
import { circuitHash, circuitPage, IOI } from './support/circuit-page.ts';
import { circuitPanels } from './support/circuit-panels.ts';
import { eventually, words } from './support/eventually.ts';
import { test } from './support/test.ts';

const YEARS = 'The war lasted from 1732 to 17';
const LILY = 'Lily had a red ball and Tom had a blue car. Lily played with her red';

test('the summary is that of the graph on screen alone, one graph after another', async ({
  open,
}) => {
  const prompt = await open({ hash: circuitHash(YEARS, { why: '' }) });
  const { page } = prompt;
  const panels = circuitPanels(page);
  await circuitPage(page).settled();
  await panels.tab('Summary');
  const summary = page.getByRole('region', { name: 'Summary' });
  const sentences = () => summary.locator('p').allTextContents();
  await eventually(async () => (await sentences()).length).toBeGreaterThan(5);
  for (const [text, tokens] of [
    [LILY, 18],
    [YEARS, 9],
  ] as const) {
    await prompt.run(text);
    await prompt.settled(tokens);
    await page.getByRole('button', { name: 'Explain', exact: true }).click();
    await eventually(() => page.locator('.stale-line').count()).toBe(0);
    await page.evaluate(() => navigator.clipboard.writeText(''));
    await summary.getByRole('button', { name: 'Copy summary' }).click();
    // What is copied is made from the graph alone.
    await eventually(async () => {
      const copied = await page.evaluate(() => navigator.clipboard.readText());
      return (await sentences()).join(' ') === copied;
    }).toBe(true);
  }
});

test('a graph of another prompt is dimmed, says whose it is, and is shared with a warning', async ({
  open,
}) => {
  const prompt = await open({ hash: circuitHash(IOI, { why: ' Mary', not: ' John' }) });
  const { page } = prompt;
  const circuit = circuitPage(page);
  await circuit.settled();
  const opacity = () =>
    page.locator('.big-graph').evaluate((element) => Number(getComputedStyle(element).opacity));
  expect(await opacity()).toBe(1);
  await prompt.run(YEARS);
  await prompt.settled(9);
  await eventually(opacity).toBeLessThan(0.6);
  expect(await words(circuit.question)).toContain(
    `is of another prompt: ${IOI}, why ·Mary rather than ·John. Interventions`,
  );
  await page.getByRole('button', { name: 'Share' }).click();
  await page
    .getByRole('menu')
    .getByText(/^without the graph on screen/)
    .waitFor();
  await page.keyboard.press('Escape');
  // Neither the address takes the old graph for the new prompt's.
  expect(page.url()).not.toContain('node=');
  await page.getByRole('button', { name: 'Back to its prompt' }).click();
  await prompt.settled(15);
  await eventually(opacity).toBe(1);
  expect(await words(circuit.minus)).toBe('·John');
  expect(await words(circuit.question)).not.toContain('another prompt');
});

test('an emptied prompt leaves no old run, on either page, nor does a link to none', async ({
  open,
}) => {
  const prompt = await open();
  await prompt.settled(15);
  const { page } = prompt;
  await prompt.box.fill('');
  await page.getByText('Type a prompt above').waitFor();
  expect(await prompt.tokens.count()).toBe(0);
  await eventually(() => page.url()).toMatch(/prompt=(&|$)/);
  await page.reload();
  await page.getByText('Type a prompt above').waitFor();
  expect(await prompt.tokens.count()).toBe(0);
  await page.getByRole('link', { name: 'Circuit' }).click();
  await page.getByText('Type a prompt above').waitFor();
  // Typed again, it runs again.
  await prompt.box.fill('Hello there');
  await prompt.settled(3);
  await prompt.box.press('Control+A');
  await prompt.box.press('Delete');
  await prompt.box.press('Enter');
  await eventually(() => page.getByRole('button', { name: /^Why / }).count()).toBe(0);
});

test('a link without a circuit, or with less of one, leaves nothing of the last', async ({
  open,
}) => {
  const prompt = await open({
    hash: circuitHash(IOI, {
      why: ' Mary',
      not: ' John',
      nodes: '0.7',
      mode: 'frozen',
      max: '100',
    }),
  });
  const { page } = prompt;
  const circuit = circuitPage(page);
  await circuit.settled();
  const goTo = (hash: string) =>
    page.evaluate((to) => {
      location.hash = to;
    }, hash);
  await goTo(circuitHash(IOI, { why: ' Mary' }));
  await eventually(() => circuit.nodes.inputValue()).toBe('0.8');
  expect(await words(circuit.minus)).toBe('any other');
  await page.goBack();
  await eventually(() => circuit.nodes.inputValue()).toBe('0.7');
  await eventually(() => words(circuit.minus)).toBe('·John');
  for (const other of [YEARS, IOI, '']) {
    await goTo(circuitHash(other));
    await eventually(() => circuit.graph.count()).toBe(0);
    await eventually(() => prompt.box.inputValue()).toBe(other);
    expect(await words(circuit.target)).toBe('the likeliest tokens');
    expect(await words(circuit.question)).toContain('attention features · at most 500 features');
  }
  await prompt.run(YEARS);
  await prompt.settled(9);
  await page
    .getByRole('button', { name: /^Why .*\?$/ })
    .first()
    .click();
  await circuit.settled();
  expect(await circuit.nodes.inputValue()).toBe('0.8');
});
