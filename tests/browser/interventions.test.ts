import { readGraphJson, totalEffects } from '@loupe/shared';
import { expect } from 'vitest';
import { AXE, violations } from './support/axe.ts';
import { askedOf, circuitHash, circuitPage, IOI } from './support/circuit-page.ts';
import { eventually } from './support/eventually.ts';
import { NOTHING, overflow } from './support/overflow.ts';
import { test } from './support/test.ts';

/** The feature that says most for Mary. */
const FEATURE = { id: '3-att-demo/213', position: 14, node: 'att_3_213_14' };
const HASH = circuitHash(IOI, { why: ' Mary', not: ' John', node: FEATURE.node });

/** The number that a cell begins with. */
function number(text: string | null): number {
  return Number(
    (text ?? '')
      .replaceAll(',', '')
      .replaceAll('−', '-')
      .match(/^-?[\d.]+/)?.[0],
  );
}

async function measured(address: string, changes: object[]): Promise<Record<string, number>> {
  const target = { tokens: [' Mary'], minus: [' John'] };
  const response = await fetch(`${address}/api/v1/interventions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'demo', prompt: IOI, target, changes }),
  });
  const { runs } = await response.json();
  return Object.fromEntries(
    runs.map(({ run, targets }: { run: string; targets: number[] }) => [run, targets[0]]),
  );
}

test('a node is ablated from its head line; the table has what the graph and the API say', async ({
  open,
  server,
}) => {
  const { page } = await open({ hash: HASH });
  await circuitPage(page).settled();
  await page.getByRole('button', { name: 'Ablate', exact: true }).click();
  const panel = page.getByRole('region', { name: 'Interventions' });
  const row = panel.getByRole('row', { name: /^·Mary − ·John/ });
  await row.waitFor();
  const cells = row.getByRole('cell');
  const expected = await measured(server.address, [
    { feature: FEATURE.id, positions: [FEATURE.position], scale: 0 },
  ]);
  const shown = async (column: number) => number(await cells.nth(column).textContent());
  expect(await shown(2)).toBeCloseTo(expected.frozen ?? Number.NaN, 1);
  expect(await shown(3)).toBeCloseTo(expected.free ?? Number.NaN, 1);
  const graph = readGraphJson(
    await askedOf(server.address, { tokens: [' Mary'], minus: [' John'] }),
  );
  const index = graph.nodes.findIndex(({ id }) => id === FEATURE.node);
  const logit = graph.nodes.findIndex(({ kind }) => kind === 'logit');
  const before = graph.nodes[logit]?.activation ?? Number.NaN;
  const left = before - (totalEffects(graph, logit)[index] ?? Number.NaN);
  expect(await shown(0)).toBeCloseTo(before, 1);
  expect(await shown(1)).toBeCloseTo(left, 1);
  const moved = panel.getByRole('row', { name: /^3\/213 ·to 14/ });
  expect(number(await moved.getByRole('cell').nth(3).textContent())).toBe(0);
});

test('by keyboard: multiplied, everywhere, with a head, back step by step', async ({ open }) => {
  const { page } = await open({ hash: HASH });
  await circuitPage(page).settled();
  const { keyboard } = page;
  await page.getByRole('button', { name: 'Ablate', exact: true }).focus();
  await keyboard.press('Enter');
  const panel = page.getByRole('region', { name: 'Interventions' });
  const cells = panel.getByRole('row', { name: /^·Mary − ·John/ }).getByRole('cell');
  await cells.nth(3).waitFor();
  const free = () => cells.nth(3).textContent();
  const ablated = await free();
  const how = panel.getByRole('combobox', { name: /^What to do with attention feature 3\/213/ });
  await how.focus();
  await keyboard.press('m');
  await eventually(free).not.toBe(ablated);
  const doubled = await free();
  await panel.getByRole('combobox', { name: /^Where to change/ }).selectOption('all');
  await eventually(() => panel.getByRole('progressbar').count()).toBe(0);
  await panel.getByRole('textbox', { name: 'head' }).fill('1.3');
  await keyboard.press('Enter');
  await eventually(() => panel.getByRole('listitem').count()).toBe(2);
  // Heads are no nodes, so the graph foresees nothing.
  await eventually(() => cells.nth(1).textContent()).toBe('none');
  const undo = panel.getByRole('button', { name: 'Undo' });
  for (let step = 0; step < 2; step++) await undo.click();
  await eventually(free).toBe(doubled);
  await undo.click();
  await eventually(free).toBe(ablated);
  await undo.click();
  await eventually(() => panel.getByRole('table').count()).toBe(0);
  expect(await undo.isDisabled()).toBe(true);
});

test('the validity of the graph is measured, cancelled and drawn', async ({ open }) => {
  const { page } = await open({ hash: HASH });
  await circuitPage(page).settled();
  await page.getByRole('tab', { name: 'Interventions' }).click();
  const validity = page.getByRole('region', { name: 'Validity' });
  await validity.getByRole('combobox').selectOption('200');
  await validity.getByRole('button', { name: 'Measure' }).click();
  await validity.getByRole('button', { name: 'Cancel' }).click();
  await eventually(() => validity.getByRole('progressbar').count()).toBe(0);
  expect(await validity.getByRole('img').count()).toBe(0);
  await validity.getByRole('combobox').selectOption('20');
  await validity.getByRole('button', { name: 'Measure' }).click();
  await validity.getByRole('img', { name: /^Change of the logit/ }).waitFor();
  expect(await validity.locator('circle').count()).toBe(40);
  const [frozen, free] = await validity.locator('.validity-figure').allTextContents();
  expect(frozen).toMatch(/^frozen: r 0\.9\d+, ρ 0\.\d+, off by [\d.]+ %$/);
  expect(free).toMatch(/^free: r 0\.\d+, ρ 0\.\d+, off by [\d.]+ %$/);
  await validity.getByText('as a table').click();
  expect(await validity.getByRole('row').count()).toBe(21);
});

test('an effect is taken apart into what holds for every prompt and what does not', async ({
  open,
}) => {
  const { page } = await open({ hash: circuitHash(IOI, { why: ' Mary', node: FEATURE.node }) });
  await circuitPage(page).settled();
  await page.getByRole('tab', { name: 'Interventions' }).click();
  await page.getByRole('button', { name: 'Show the weights' }).click();
  const region = page.getByRole('region', { name: /^Weights that hold/ });
  await region.getByRole('table').waitFor();
  const rows = await region
    .locator('tbody tr')
    .evaluateAll((all) =>
      all.map((row) => [...row.querySelectorAll('th, td')].map((cell) => cell.textContent ?? '')),
    );
  const numbers = (cells: string[]) =>
    cells.map((cell) => Number(cell.replace('−', '-').replace(',', '')));
  // Every row is a product, within what three digits allow.
  const products = rows.filter((cells) => cells.length === 5);
  expect(products).toHaveLength(8);
  for (const [name, ...cells] of products) {
    expect(name).toMatch(/^\d\/\d+ .* through head 3\.\d$/);
    const [weight = 0, activation = 0, factor = 0, effect = 0] = numbers(cells);
    expect(weight * activation * factor).toBeCloseTo(effect, 1);
  }
  // And they add up to what goes in, which is the feature's activation but for what is left out.
  const effects = numbers(rows.map((cells) => cells.at(-1) ?? ''));
  const foot = await region
    .locator('tfoot tr')
    .evaluateAll((all) => all.map((row) => row.querySelector('td')?.textContent ?? ''));
  const [total = 0, beyond = 0, activation = 0] = numbers(foot);
  expect(effects.reduce((sum, effect) => sum + effect, 0)).toBeCloseTo(total, 1);
  expect(total + beyond).toBeCloseTo(activation, 1);
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`axe finds nothing serious, ${colorScheme}, and nothing is cut off`, async ({ open }) => {
    const opened = await open({ hash: HASH, script: AXE, colorScheme });
    const { page } = opened;
    await circuitPage(page).settled();
    await page.getByRole('button', { name: 'Ablate', exact: true }).click();
    const validity = page.getByRole('region', { name: 'Validity' });
    await validity.getByRole('combobox').selectOption('20');
    await validity.getByRole('button', { name: 'Measure' }).click();
    await validity.getByRole('img').waitFor();
    expect(await violations(opened)).toEqual([]);
    await page.setViewportSize({ width: 900, height: 1200 });
    await eventually(() => overflow(page)).toEqual(NOTHING);
  });
}
