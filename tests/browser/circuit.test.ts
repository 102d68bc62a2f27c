import { readGraphJson } from '@loupe/shared';
import { expect } from 'vitest';
import { AXE, violations } from './support/axe.ts';
import { askedOf, circuitHash, circuitPage, IOI } from './support/circuit-page.ts';
import { eventually, words } from './support/eventually.ts';
import { IOI_WORDS } from './support/golden.ts';
import { NOTHING, overflow } from './support/overflow.ts';
import { test } from './support/test.ts';

const MARY = circuitHash(IOI, { why: ' Mary' });

/** The first number of a text: `112 of 624`. */
function firstNumber(text: string | null): number {
  return Number(/[\d,]+/.exec(text ?? '')?.[0].replaceAll(',', ''));
}

test('the next token leads to its circuit, whose nodes and sums are those of the API', async ({
  open,
  server,
}) => {
  const prompt = await open();
  await prompt.settled(15);
  await prompt.page.getByRole('button', { name: 'why ·Mary ?' }).click();
  const circuit = circuitPage(prompt.page);
  await circuit.settled();
  expect(await words(circuit.target)).toBe('·Mary');
  const json = await askedOf(server.address, { tokens: [' Mary'] });
  const kept = await words(prompt.page.locator('.threshold output').first());
  expect(kept).toMatch(new RegExp(`^\\d+ of ${json.nodes.length}$`));
  const within = prompt.page.locator('.scores > div', { hasText: 'sums to within' });
  const bound = Number(await within.locator('dd').textContent());
  expect(bound).toBeGreaterThanOrEqual(json.metadata.loupe?.exactness ?? 1);
  expect(bound).toBeLessThan(1e-3);
  await circuit.page.getByRole('button', { name: 'as a table' }).click();
  // The strongest feature of the answer, with its activation.
  const strongest = circuit.rows.filter({ hasText: '3/213' }).first();
  const node = json.nodes.find(({ node_id }) => node_id === 'att_3_213_14');
  expect(await words(strongest)).toContain(node?.loupe?.activation.toFixed(2));
});

test('one token is told from another, of those that are likely or typed', async ({ open }) => {
  const { page } = await open({ hash: circuitHash(IOI) });
  const circuit = circuitPage(page);
  await page.getByRole('button', { name: 'Why ·Mary?', exact: true }).click();
  await circuit.settled();
  await circuit.minus.click();
  await page.keyboard.type('John');
  await eventually(() => page.getByRole('option').first().textContent()).toContain('·John');
  await page.keyboard.press('Enter');
  await eventually(() => words(circuit.minus)).toBe('·John');
  await eventually(() => page.locator('.node-names text').first().textContent()).toBe(
    '·Mary − ·John',
  );
  await eventually(() => new URL(page.url()).hash).toContain('not=+John');
});

test('a text of several tokens says of how many, and cannot be chosen by pointer or key', async ({
  open,
}) => {
  const { page } = await open({ hash: MARY });
  const circuit = circuitPage(page);
  await circuit.settled();
  for (const choice of [circuit.target, circuit.minus]) {
    await choice.click();
    await page.keyboard.type('antidisestablishment');
    const options = page.getByRole('option');
    await eventually(() => options.allTextContents()).toEqual([
      '·antidisestablishment7 tokens',
      'antidisestablishment7 tokens',
    ]);
    await options.first().click({ force: true });
    await page.keyboard.press('Enter');
    expect(await options.count()).toBe(2);
    // What is typed on until it is one token can be.
    await page.getByPlaceholder('Type a token').fill('Sue');
    await eventually(() => options.first().textContent()).toMatch(/^·Sue(as typed|[\d.]+ %)$/);
    await page.keyboard.press('Escape');
  }
  expect(await words(circuit.target)).toBe('·Mary');
  expect(await words(circuit.minus)).toBe('any other');
  // Enter at once, before anything is known of the text, chooses nothing that is no token.
  await circuit.target.click();
  await page.keyboard.type('Xqzzyw plugh');
  await page.keyboard.press('Enter');
  await eventually(() => page.getByRole('option').first().textContent()).toMatch(/\d tokens$/);
  await page.keyboard.press('Escape');
  expect(await words(circuit.target)).toBe('·Mary');
});

test('a link to a text that is no token is refused with its code, and offers no other try', async ({
  open,
}) => {
  const { page } = await open({
    hash: circuitHash(IOI, { why: 'Xqzzyw plugh' }),
    expected: [/status of 400/],
  });
  const circuit = circuitPage(page);
  await eventually(() => words(circuit.end)).toContain('LOUPE_BAD_REQUEST');
  expect(await circuit.end.getByRole('button', { name: 'Retry' }).count()).toBe(0);
  await circuit.end.getByRole('button', { name: 'Dismiss' }).click();
  await eventually(() => words(circuit.end)).toBe('');
});

test('sliders prune the graph, and the address follows', async ({ open }) => {
  const { page } = await open({ hash: MARY });
  const circuit = circuitPage(page);
  await circuit.settled();
  const before = firstNumber(await circuit.heading.textContent());
  await circuit.nodes.focus();
  for (let i = 0; i < 40; i++) await page.keyboard.press('ArrowLeft');
  await eventually(async () => firstNumber(await circuit.heading.textContent())).toBeLessThan(
    before,
  );
  await eventually(() => new URL(page.url()).hash).toContain('nodes=0.6');
  await circuit.edges.focus();
  const edges = () => words(page.locator('.threshold output').nth(1));
  const many = firstNumber(await edges());
  for (let i = 0; i < 40; i++) await page.keyboard.press('ArrowLeft');
  await eventually(async () => firstNumber(await edges())).toBeLessThan(many);
  await eventually(() => circuit.edges.getAttribute('aria-valuetext')).toMatch(/^78\.0 %: \d/);
});

test('the pointer finds the nearest node, a click chooses it, another beside it lets it go', async ({
  open,
  server,
}) => {
  const { page } = await open({ hash: MARY });
  const circuit = circuitPage(page);
  await circuit.settled();
  const { x, y } = await circuit.find('L3 attn', /3\/213 at/);
  const tip = await words(page.getByRole('tooltip'));
  const graph = readGraphJson(await askedOf(server.address, { tokens: [' Mary'] }));
  const node = graph.nodes.find(({ id }) => id === 'att_3_213_14');
  expect(tip).toContain(`activation ${node?.activation.toPrecision(3)}`);
  await page.mouse.click(x, y);
  await eventually(() => page.locator('[data-ring="chosen"]').count()).toBe(1);
  await eventually(() => new URL(page.url()).hash).toContain('node=att_3_213_14');
  const box = await circuit.plot.boundingBox();
  await page.mouse.click((box?.x ?? 0) + 200, (box?.y ?? 0) + 60);
  await eventually(() => page.locator('[data-ring="chosen"]').count()).toBe(0);
});

test('the graph is walked, chosen from, pinned, zoomed and left by keyboard', async ({ open }) => {
  const { page } = await open({ hash: MARY });
  const circuit = circuitPage(page);
  await circuit.settled();
  const { keyboard } = page;
  const zoom = () => page.locator('.graph-columns text').first().getAttribute('x');
  const at = await zoom();
  await circuit.graph.focus();
  expect(await circuit.active()).toMatch(/^logit of ·Mary at ·to, position 14/);
  await keyboard.press('[');
  await eventually(() => circuit.active()).toMatch(/^MLP feature 3\/\d+ at ·to/);
  const first = await circuit.active();
  await keyboard.press('ArrowRight');
  await eventually(() => circuit.active()).not.toBe(first);
  await keyboard.press('ArrowLeft');
  await eventually(() => circuit.active()).toBe(first);
  await keyboard.press('Enter');
  await eventually(() => circuit.active()).toMatch(/, chosen$/);
  await keyboard.press('p');
  await eventually(() => circuit.active()).toMatch(/, chosen, pinned$/);
  await eventually(() => new URL(page.url()).hash).toContain('made=');
  await keyboard.press('End');
  await keyboard.press('Home');
  await eventually(() => circuit.active()).toBe('token BOS, position 0');
  expect(await zoom()).toBe(at);
  await keyboard.press('+');
  await eventually(zoom).not.toBe(at);
  await keyboard.press('0');
  await eventually(zoom).toBe(at);
  await keyboard.press('Escape');
  await eventually(() => page.locator('[data-ring="chosen"]').count()).toBe(0);
});

test('a link brings back question, thresholds, choice and pins', async ({ open }) => {
  const made = JSON.stringify({ p: ['0_573_2', 'no such node'], l: { '0_573_2': 'Mary <b>' } });
  const { page } = await open({
    hash: circuitHash(IOI, {
      why: ' Mary',
      not: ' John',
      max: '200',
      nodes: '0.7',
      node: 'att_3_213_14',
      made,
    }),
  });
  const circuit = circuitPage(page);
  await circuit.settled();
  expect(await words(circuit.minus)).toBe('·John');
  expect(await circuit.nodes.inputValue()).toBe('0.7');
  expect(await page.locator('[data-ring="chosen"]').count()).toBe(1);
  expect(await page.locator('[data-ring="pinned"]').count()).toBe(1);
  const { hash } = new URL(page.url());
  await page.reload();
  await circuit.settled();
  await eventually(() => page.locator('[data-ring="pinned"]').count()).toBe(1);
  await eventually(() => decodeURIComponent(hash)).toContain('att_3_213_14');
});

test('while it is computed the page says what is done, and Cancel ends it', async ({ open }) => {
  const { page } = await open({
    hash: MARY,
    expected: [/ERR_FAILED|ERR_ABORTED/],
    prepare: async (prepared) => {
      await prepared.route('**/api/v1/circuits', () => undefined);
    },
  });
  const circuit = circuitPage(page);
  await circuit.question.getByRole('progressbar').waitFor();
  expect(await words(circuit.question.getByRole('status'))).toBe('Waiting for the engine');
  await circuit.question.getByRole('button', { name: 'Cancel' }).click();
  await eventually(() => words(circuit.end)).toMatch(/^Cancelled/);
  await page.unroute('**/api/v1/circuits');
  await circuit.question.getByRole('button', { name: 'Retry' }).click();
  await circuit.settled();
});

test('another prompt leaves the graph, says that it is of the one before, and is explained on request', async ({
  open,
}) => {
  const prompt = await open({ hash: MARY });
  const circuit = circuitPage(prompt.page);
  await circuit.settled();
  const explain = circuit.question.getByRole('button', { name: 'Explain', exact: true });
  expect(await explain.count()).toBe(0);
  await prompt.run('Anna drew a star');
  await explain.waitFor();
  expect(await circuit.graph.count()).toBe(1);
  await explain.click();
  await eventually(() => explain.count()).toBe(0);
  await eventually(() => prompt.page.locator('.graph-columns').textContent()).toContain('·star');
});

test('the table says the same as the graph, and is walked and chosen from by keyboard', async ({
  open,
}) => {
  const { page } = await open({ hash: MARY });
  const circuit = circuitPage(page);
  await circuit.settled();
  const shown = firstNumber(await circuit.heading.textContent());
  await page.getByRole('button', { name: 'as a table' }).click();
  const table = page.getByRole('grid', { name: 'Nodes', exact: true });
  expect(await table.getAttribute('aria-rowcount')).toBe(String(shown + 1));
  await circuit.rows.nth(1).focus();
  await page.keyboard.press('End');
  await eventually(() =>
    page.evaluate(() => document.activeElement?.getAttribute('aria-rowindex')),
  ).toBe(String(shown + 1));
  await page.keyboard.press('Home');
  await eventually(() =>
    page.evaluate(() => document.activeElement?.getAttribute('aria-rowindex')),
  ).toBe('2');
  await page.keyboard.press('Enter');
  await eventually(() => table.getByRole('row', { selected: true }).count()).toBe(1);
});

test('data and figure are copied and saved from the menu', async ({ open }) => {
  const prompt = await open({ hash: MARY });
  await circuitPage(prompt.page).settled();
  const json = JSON.parse(await prompt.copy('Circuit: menu', 'Copy JSON'));
  expect(readGraphJson(json).nodes.length).toBe(json.nodes.length);
  const csv = await prompt.copy('Circuit: menu', 'Copy CSV');
  expect(csv).toMatch(/^source,target,weight\r\n[\w]+,[\w]+,-?[\d.e-]+\r\n/);
  const { name, bytes } = await prompt.save('Circuit: menu', 'Save SVG');
  expect(name).toBe(`${IOI_WORDS}_Mary_demo_graph.svg`);
  expect(bytes.toString()).toMatch(/^<svg .*·Mary/s);
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`the Circuit page in ${colorScheme} has no serious violation`, async ({ open }) => {
    const prompt = await open({ hash: circuitHash(IOI), colorScheme, script: AXE });
    const circuit = circuitPage(prompt.page);
    await prompt.page.getByRole('button', { name: 'Why ·Mary?', exact: true }).waitFor();
    expect(await violations(prompt)).toEqual([]);
    await prompt.page.getByRole('button', { name: 'Why ·Mary?', exact: true }).click();
    await circuit.settled();
    await circuit.graph.focus();
    await prompt.page.keyboard.press('[');
    await prompt.page.keyboard.press('Enter');
    expect(await violations(prompt)).toEqual([]);
    await circuit.target.click();
    await prompt.page.getByRole('option').first().waitFor();
    expect(await violations(prompt)).toEqual([]);
    await prompt.page.keyboard.press('Escape');
    await prompt.page.getByRole('button', { name: 'as a table' }).click();
    await circuit.rows.nth(2).waitFor();
    expect(await violations(prompt)).toEqual([]);
  });
}

test('the page never scrolls as a whole, and stands behind tabs at 900 pixels', async ({
  open,
}) => {
  const { page } = await open({ hash: MARY });
  const circuit = circuitPage(page);
  await circuit.settled();
  for (const [width, height] of [
    [1440, 900],
    [1024, 600],
    [900, 1200],
    [700, 700],
  ] as const) {
    await page.setViewportSize({ width, height });
    await circuit.graph.waitFor();
    await eventually(() => overflow(page)).toEqual(NOTHING);
  }
  expect(await page.getByRole('tab').first().textContent()).toBe('Graph');
});

test('behind tabs, the chosen node is told of under the graph', async ({ open }) => {
  const { page } = await open({
    hash: `${MARY}&node=att_3_213_14`,
    viewport: { width: 900, height: 700 },
  });
  const circuit = circuitPage(page);
  await circuit.settled();
  await page.getByText('3-att-demo/213', { exact: true }).waitFor();
  await page.getByText(/^at ·to 14 · activation 5\.13/).waitFor();
  await page.getByRole('button', { name: 'More about it' }).click();
  await page.getByRole('region', { name: 'Chosen node' }).waitFor();
});
