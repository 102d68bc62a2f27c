import type { AttentionScoreResponse, CircuitGraph } from '@loupe/shared';
import { expect } from 'vitest';
import { AXE, violations } from './support/axe.ts';
import { askedOf, circuitHash, circuitPage, IOI } from './support/circuit-page.ts';
import { type CircuitPanels, circuitPanels } from './support/circuit-panels.ts';
import { eventually, words } from './support/eventually.ts';
import { NOTHING, overflow } from './support/overflow.ts';
import type { PromptPage } from './support/prompt-page.ts';
import { test } from './support/test.ts';
import type { PageOptions } from './support/watched-page.ts';

const HASH = circuitHash(IOI, { why: ' Mary', not: ' John' });
const QUESTION = { tokens: [' Mary'], minus: [' John'] };
const MOVER = 'att_3_213_14';
const NARROW = { width: 900, height: 1200 };

type Open = (options?: PageOptions) => Promise<PromptPage>;

async function explained(open: Open, options: PageOptions = {}): Promise<CircuitPanels> {
  const { page } = await open({ hash: HASH, ...options });
  await circuitPage(page).settled();
  return circuitPanels(page);
}

/** The effects at one end of a node, largest first, as the API has them. */
function effects({ links }: CircuitGraph, end: 'source' | 'target', id: string): number[] {
  return links
    .filter((link) => link[end] === id)
    .map(({ weight }) => weight)
    .sort((a, b) => Math.abs(b) - Math.abs(a));
}

/** The effect that a row tells, in its last cell. */
async function effectOf(panels: CircuitPanels, row: number): Promise<number> {
  const text = await panels.connections.nth(row).getByRole('gridcell').last().textContent();
  return Number(text?.replace('−', '-'));
}

test('a node is read beside the graph: what it reads from and writes to, as the API has it', async ({
  open,
  server,
}) => {
  const graph = await askedOf(server.address, QUESTION);
  const panels = await explained(open, { hash: `${HASH}&node=${MOVER}` });
  await eventually(() => words(panels.node)).toMatch(
    /3-att-demo\/213 ?at ·to 14 · activation 5\.13/,
  );
  await eventually(() => words(panels.node)).toMatch(/promotes ?·Mary/);
  const inputs = effects(graph, 'target', MOVER);
  const outputs = effects(graph, 'source', MOVER);
  const heading = (text: string) => panels.node.getByRole('columnheader', { name: text });
  await eventually(() => words(heading(`reads from ${inputs.length}`))).toContain('reads from');
  for (const row of [0, 1, 2]) {
    expect(await effectOf(panels, row)).toBeCloseTo(inputs[row] as number, 2);
  }
  // Only the rows in view exist; the last is the smallest effect that it has.
  expect(await panels.connections.count()).toBeLessThan(60);
  const [reads, writes] = await Promise.all(
    ['reads from', 'writes to'].map((side) =>
      panels.node.getByRole('grid', { name: `What the chosen node ${side}` }).boundingBox(),
    ),
  );
  expect(writes?.x).toBeGreaterThanOrEqual((reads?.x ?? 0) + (reads?.width ?? 0));
  expect(writes?.y).toBe(reads?.y);
  await panels.node
    .getByRole('grid', { name: 'What the chosen node writes to' })
    .locator('[data-place]')
    .first()
    .focus();
  await panels.page.keyboard.press('End');
  await eventually(() =>
    panels.page.evaluate(() => document.activeElement?.lastElementChild?.textContent),
  ).toContain(
    Math.abs(outputs.at(-1) as number)
      .toPrecision(2)
      .slice(0, 3),
  );
});

test('the list is walked, searched and pinned from by keys alone', async ({ open }) => {
  const panels = await explained(open, { hash: `${HASH}&node=${MOVER}` });
  const { page, connections, node } = panels;
  await connections.first().focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('p');
  await eventually(() => panels.boxes.count()).toBe(1);
  await page.keyboard.press('Enter');
  await eventually(() => words(node)).toContain('0-mlp-demo/573');
  // The focus is in the list of the node that it led to.
  await eventually(() =>
    page.evaluate(() => document.activeElement?.getAttribute('data-place')),
  ).not.toBeNull();
  await node.getByRole('searchbox').fill('3/213');
  await eventually(() => connections.count()).toBe(1);
  expect(await words(connections.first())).toContain('3/213');
});

test('heads are told when they are asked for, and add up to the effect', async ({
  open,
  server,
}) => {
  const panels = await explained(open, { hash: `${HASH}&node=${MOVER}` });
  await panels.node.getByRole('button', { name: 'Ask which heads' }).click();
  await eventually(() => words(panels.node)).toContain('mostly head 3.2');
  expect(await words(panels.connections.first())).toContain('head 2');
  const parts = panels.node.locator('.part-bars').filter({ hasText: 'by source position' });
  await eventually(() => words(parts)).toMatch(/·Mary 2 ?7\.\d/);

  // Why that head looks at Mary: its score by pairs, as the API has it.
  await panels.node.getByRole('button', { name: 'Why does it look there?' }).click();
  const dialog = panels.page.getByRole('dialog', { name: 'Why a head looks where it does' });
  await dialog.getByRole('table').waitFor();
  const answer = await fetch(`${server.address}/api/v1/circuits/attention`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'demo', prompt: IOI, layer: 3, head: 2, query: 14, key: 2 }),
  });
  const { score, pairs } = (await answer.json()) as AttentionScoreResponse;
  const number = (value: number) => String(Number(value.toPrecision(3)));
  expect(await words(dialog)).toContain(`softmax is ${number(score)}`);
  expect(await words(dialog.getByRole('row').nth(1))).toContain(
    number(pairs[0]?.contribution ?? Number.NaN),
  );
});

test('pinned nodes are drawn, grouped, named, and all of it is undone and done again by keys', async ({
  open,
}) => {
  const panels = await explained(open);
  const { page, boxes, box, pinned } = panels;
  await panels.pinPaths();
  const count = await boxes.count();
  await eventually(() => panels.weights.allTextContents()).toContain('6.88');

  await box(/^3\/213,/).focus();
  await page.keyboard.press('Space');
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('ArrowRight');
  await box(/^3\/1199,/).focus();
  await page.keyboard.press('Space');
  await page.keyboard.press('g');
  await page.keyboard.type('name movers');
  await page.keyboard.press('Enter');
  await eventually(() => boxes.count()).toBe(count - 1);
  expect(await box(/^group name movers, 2 attention features/).count()).toBe(1);
  // 6.88 of one and −4.10 of the other.
  await eventually(() => panels.weights.allTextContents()).toContain('2.79');

  await box(/^group name movers/).focus();
  await page.keyboard.press('r');
  await page.keyboard.press('ControlOrMeta+A');
  await page.keyboard.type('movers');
  await page.keyboard.press('Enter');
  await eventually(() => box(/^group movers/).count()).toBe(1);

  await page.getByRole('tab', { name: 'Node', exact: true }).focus();
  await page.keyboard.press('ControlOrMeta+Z');
  await eventually(() => box(/^group name movers/).count()).toBe(1);
  await page.keyboard.press('ControlOrMeta+Z');
  await eventually(() => boxes.count()).toBe(count);
  await page.keyboard.press('ControlOrMeta+Shift+Z');
  await page.keyboard.press('ControlOrMeta+Shift+Z');
  await eventually(() => box(/^group movers/).count()).toBe(1);
  await page.getByRole('button', { name: 'Undo' }).click();
  await eventually(() => box(/^group name movers/).count()).toBe(1);

  await box(/^group name movers/).focus();
  await page.keyboard.press('u');
  await eventually(() => boxes.count()).toBe(count);
  await box(/^L3 MLP error/).focus();
  await page.keyboard.press('p');
  await eventually(() => boxes.count()).toBe(count - 1);
  expect(await pinned.getByRole('option', { name: /^L3 MLP error/ }).count()).toBe(0);
});

test('boxes stay where they are dragged, and a drag is one step back', async ({ open }) => {
  const panels = await explained(open);
  const { page, box } = panels;
  await panels.pinPaths();
  const place = async () => {
    const found = await box(/^3\/1199,/).boundingBox();
    if (!found) throw new Error('the box is not drawn');
    return [Math.round(found.x + found.width / 2), Math.round(found.y + found.height / 2)] as const;
  };
  // The drawing settles once its faces have come.
  await panels.page.evaluate(() => document.fonts.ready);
  const [x, y] = await place();
  await page.mouse.move(x, y);
  await page.mouse.down();
  await page.mouse.move(x - 20, y + 12, { steps: 4 });
  await page.mouse.move(x - 40, y + 24, { steps: 4 });
  await page.mouse.up();
  // The drawing may have become smaller to hold it.
  await eventually(async () => (await place())[0] < x - 10).toBe(true);
  // A drag chooses nothing.
  expect(await panels.node.count()).toBe(0);
  await page.keyboard.press('ControlOrMeta+Z');
  await eventually(place).toEqual([x, y]);
});

test('a saved graph reopens with its pins, groups, labels and thresholds', async ({ open }) => {
  const panels = await explained(open);
  const { page, box } = panels;
  await panels.pinPaths();
  for (const name of [/^3\/213,/, /^3\/1199,/]) {
    await box(name).click({ modifiers: ['Shift'] });
  }
  await panels.pinned.getByRole('button', { name: 'Group', exact: true }).click();
  await page.keyboard.type('movers "<b>" & co');
  await page.keyboard.press('Enter');
  await box(/^0\/573,/).click();
  await panels.node.getByRole('button', { name: 'Name it' }).click();
  await page.keyboard.type('Mary');
  await page.keyboard.press('Enter');
  await eventually(() => box(/^Mary, 0\/573 at ·Mary 2, MLP feature/).count()).toBe(1);
  await eventually(() => page.locator('.node-names text').allTextContents()).toContain('Mary');
  const { name, text } = await panels.saved(() => panels.file(/^Save graph/));
  expect(name).toMatch(/\.json$/);
  const saved = JSON.parse(text) as CircuitGraph;
  expect(saved.qParams.supernodes).toEqual([['movers "<b>" & co', MOVER, 'att_3_1199_14']]);

  const fresh = circuitPanels((await open({ hash: '/circuit' })).page);
  await fresh.open('mine.json', text);
  await circuitPage(fresh.page).settled();
  await eventually(() => fresh.box(/^group movers "<b>" & co, 2 attention features/).count()).toBe(
    1,
  );
  expect(await fresh.box(/^Mary, 0\/573 at ·Mary 2, MLP feature/).count()).toBe(1);
  expect(await fresh.boxes.count()).toBe(await panels.boxes.count());
  await eventually(() => words(fresh.page.locator('.file-origin'))).toContain('From mine.json');
  // The node that was chosen when it was saved is chosen again.
  await eventually(() => words(fresh.node)).toContain('0-mlp-demo/573');
});

test('an exported SVG carries its graph and opens again; the pinned circuit is what was pinned', async ({
  open,
}) => {
  const panels = await explained(open);
  const { page } = panels;
  await panels.pinPaths();
  const titles = await panels.pinned.locator('[data-item^="title:"]').allTextContents();
  await panels.file(/^Export/);
  const dialog = page.getByRole('dialog', { name: 'Export' });
  await dialog.getByRole('img', { name: 'Preview of the figure' }).waitFor();
  await dialog.getByRole('radio', { name: 'the pinned circuit' }).check();
  await dialog.getByRole('radio', { name: 'column, 3.25 in' }).check();
  await dialog.getByRole('textbox', { name: 'title' }).fill('Why Mary?');
  const save = dialog.getByRole('button', { name: 'Save', exact: true });
  const { name, text } = await panels.saved(() => save.click());
  expect(name).toMatch(/\.svg$/);
  for (const title of [...titles, 'Why Mary?']) expect(text).toContain(`>${title}<`);

  await dialog.getByRole('radio', { name: 'Mermaid' }).check();
  await eventually(() => words(dialog.getByRole('region', { name: 'Preview' }))).toContain('3/213');
  await dialog.getByRole('button', { name: 'Copy', exact: true }).click();
  await eventually(() => page.evaluate(() => navigator.clipboard.readText())).toMatch(
    /^(---[\s\S]*---\s*)?(flowchart|graph) /,
  );

  const fresh = circuitPanels((await open({ hash: '/circuit' })).page);
  await fresh.open('figure.svg', text);
  await eventually(() => fresh.pinned.locator('[data-item^="title:"]').allTextContents()).toEqual(
    titles,
  );
});

test('what needs fonts or a library is written by the server', async ({ open }) => {
  const panels = await explained(open);
  const { page } = panels;
  await panels.file(/^Export/);
  const dialog = page.getByRole('dialog', { name: 'Export' });
  for (const [format, ending, head] of [
    ['PNG picture', /\.png$/, '\ufffdPNG'],
    ['PDF', /\.pdf$/, '%PDF-'],
    ['nodes as Arrow', /\.nodes\.arrow$/, 'ARROW1'],
  ] as const) {
    await dialog.getByRole('radio', { name: format, exact: true }).check();
    const save = dialog.getByRole('button', { name: 'Save', exact: true });
    const { name, text } = await panels.saved(() => save.click());
    expect(name).toMatch(ending);
    expect(text.startsWith(head), format).toBe(true);
  }
});

test('what is no graph is refused with its code, and the graph on screen stays', async ({
  open,
}) => {
  const panels = await explained(open);
  const { page } = panels;
  const alert = page.getByRole('alert');
  await panels.open('notes.txt', 'not a graph');
  await eventually(() => words(alert.filter({ hasText: 'notes.txt' }))).toContain(
    'LOUPE_BAD_GRAPH',
  );
  await circuitPage(page).settled();
  await alert.getByRole('button', { name: 'Dismiss' }).click();
  await panels.open('empty.svg', '<svg xmlns="http://www.w3.org/2000/svg"></svg>');
  await eventually(() => words(alert.filter({ hasText: 'no graph of Loupe' }))).toContain(
    'LOUPE_BAD_GRAPH',
  );
});

test('a graph of a model that is not installed is read, and says what it cannot', async ({
  open,
  server,
}) => {
  const graph = await askedOf(server.address, QUESTION);
  const panels = circuitPanels((await open({ hash: '/circuit' })).page);
  const { page } = panels;
  const foreign = { ...graph, metadata: { ...graph.metadata, scan: 'gemma-2-2b' } };
  await panels.open('theirs.json', JSON.stringify(foreign));
  await eventually(() => words(page.locator('.file-origin'))).toMatch(
    /model gemma-2-2b, .*not installed here/,
  );
  await panels.pinPaths();
  await panels.box(/^3\/213,/).click();
  await eventually(() => words(panels.node)).toContain('reads from');
  await panels.tab('Compare');
  expect(await page.getByRole('button', { name: 'Compare', exact: true }).isDisabled()).toBe(true);
});

test('a graph that is dropped onto the page opens', async ({ open, server }) => {
  const graph = await askedOf(server.address, QUESTION);
  const { page } = await open({ hash: '/circuit' });
  await page.getByRole('button', { name: 'File', exact: true }).waitFor();
  const data = await page.evaluateHandle((text) => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([text], 'dropped.json'));
    return transfer;
  }, JSON.stringify(graph));
  const zone = page.locator('.drop-zone');
  await zone.dispatchEvent('dragenter', { dataTransfer: data });
  await page.getByText('Drop a saved graph to open it').waitFor();
  await zone.dispatchEvent('drop', { dataTransfer: data });
  await circuitPage(page).settled();
  expect(await page.getByText('Drop a saved graph to open it').count()).toBe(0);
});

test('two prompts are compared: what differs most is first, and colours the graph', async ({
  open,
}) => {
  const panels = await explained(open);
  const { page } = panels;
  await panels.tab('Compare');
  const form = page.getByRole('region', { name: 'Comparison' });
  const second = form.getByRole('textbox');
  await second.fill('When Mary and John went to the store, Mary gave a drink to');
  // Asked the same as the first, until it is said otherwise.
  const target = form.getByRole('button', { name: /^Token to explain/ });
  const minus = form.getByRole('button', { name: /^Token to tell it from/ });
  expect([await words(target), await words(minus)]).toEqual(['·Mary', '·John']);
  await form.getByRole('button', { name: 'the other way round' }).click();
  expect([await words(target), await words(minus)]).toEqual(['·John', '·Mary']);
  await form.getByRole('button', { name: 'Compare', exact: true }).click();
  const grid = page.getByRole('grid', { name: 'What differs most: activations' });
  await eventually(() => words(form)).toMatch(/\d+ features in both/);
  const differences = (await grid.locator('[data-place]').allTextContents()).map((text) =>
    Math.abs(Number(/[+−-][\d.]+$/.exec(text)?.[0].replace('−', '-'))),
  );
  expect(differences.length).toBeGreaterThan(5);
  expect(differences).toEqual(differences.toSorted((a, b) => b - a));
  expect(await page.locator('.graph-plot circle[fill^="#"]').count()).toBeGreaterThan(3);
  await form.getByRole('button', { name: 'effects', exact: true }).click();
  // What reads for Mary in one reads against her in the other.
  const effects = page.getByRole('grid', { name: 'What differs most: effects' });
  await eventually(() => words(effects.locator('[data-place]').first())).toMatch(
    /^3\/213 → .*6\.88 ?−7\.32/,
  );
  await form.getByRole('button', { name: 'End the comparison' }).click();
  await eventually(() => page.locator('.graph-plot circle[fill^="#"]').count()).toBe(0);
});

test('a logit and a difference of logits are not subtracted', async ({ open }) => {
  const panels = await explained(open);
  const { page } = panels;
  await panels.tab('Compare');
  const form = page.getByRole('region', { name: 'Comparison' });
  await form
    .getByRole('textbox')
    .fill('When Mary and John went to the store, Mary gave a drink to');
  await form.getByRole('button', { name: /^Token to explain/ }).click();
  await page.getByRole('option', { name: 'the likeliest tokens' }).click();
  await form.getByRole('button', { name: 'Compare', exact: true }).click();
  await eventually(() => words(form)).toContain('The two graphs explain unlike things');
  const rows = page
    .getByRole('grid', { name: 'What differs most: activations' })
    .locator('[data-place]');
  const first = await rows.first().textContent();
  expect(first).toMatch(/^\d\/\d+/);
  expect(first).toMatch(/[+−][\d.]+$/);
  await rows.first().focus();
  await page.keyboard.press('End');
  await eventually(() => words(rows.last())).toMatch(/·Mary − ·John.*9\.37.*–$/);
});

test('the summary says in sentences what the graph shows, and is copied', async ({ open }) => {
  const panels = await explained(open);
  await panels.tab('Summary');
  const summary = panels.page.getByRole('region', { name: 'Summary' });
  await eventually(() => words(summary)).toMatch(/3-att-demo\/213 .*\+6\.88/);
  await summary.getByRole('button', { name: 'Copy summary' }).click();
  await eventually(() => panels.page.evaluate(() => navigator.clipboard.readText())).toContain(
    'The strongest path',
  );
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`the panels in ${colorScheme} have no serious violation and nothing is cut off`, async ({
    open,
  }) => {
    const options = { colorScheme, script: AXE, hash: `${HASH}&node=${MOVER}` };
    const panels = await explained(open, options);
    const { page } = panels;
    const looked = { page } as PromptPage;
    await panels.pinPaths();
    await eventually(() => words(panels.node)).toMatch(/promotes ?·Mary/);
    expect(await violations(looked)).toEqual([]);
    expect(await overflow(page)).toEqual(NOTHING);
    for (const tab of ['Summary', 'Compare']) {
      await panels.tab(tab);
      expect(await violations(looked), tab).toEqual([]);
    }
    await panels.file(/^Export/);
    await page.getByRole('img', { name: 'Preview of the figure' }).waitFor();
    expect(await violations(looked)).toEqual([]);
    await page.keyboard.press('Escape');
    await page.setViewportSize(NARROW);
    for (const tab of ['Chosen node', 'Pinned circuit']) {
      await panels.tab(tab);
      expect(await violations(looked), tab).toEqual([]);
      expect(await overflow(page), tab).toEqual(NOTHING);
    }
  });
}
