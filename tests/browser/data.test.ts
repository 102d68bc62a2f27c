import type { ActivationsResponse } from '@loupe/shared';
import { csvParse } from 'd3';
import { expect } from 'vitest';
import { eventually, words } from './support/eventually.ts';
import { goldenPrompt, IOI_WORDS } from './support/golden.ts';
import { test } from './support/test.ts';

const HASH = '/prompt?pins=3-att-demo%2F213,2-mlp-demo%2F43';

/** Activations by source, position and feature, without those that rounding can make zero. */
function byPlace({ activations }: ActivationsResponse): Map<string, number> {
  const { source, position, feature, activation } = activations;
  return new Map(
    activation.flatMap((value, row) => {
      const place = [source[row], position[row], feature[row]].join(' ');
      return value > 1e-3 ? [[place, value] as const] : [];
    }),
  );
}

test('the run is copied as the JSON that the API answers', async ({ open, server }) => {
  const prompt = await open();
  await prompt.settled(15);
  const copied: ActivationsResponse = JSON.parse(await prompt.copy('Share', 'Copy run as JSON'));
  const response = await fetch(`${server.address}/api/v1/activations`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify({ model: 'demo', prompt: goldenPrompt('ioi'), topK: 0 }),
  });
  const answer = (await response.json()) as ActivationsResponse;
  expect(copied.complete).toBe(true);
  expect(copied.tokens).toEqual(answer.tokens);
  expect(copied.sources).toEqual(answer.sources);
  expect(copied.rows).toBe(copied.activations.activation.length);
  const expected = byPlace(answer);
  const found = byPlace(copied);
  expect([...found.keys()].sort()).toEqual([...expected.keys()].sort());
  for (const [place, value] of found) {
    // The server computes the rest of a prompt it knows, in another order than the whole.
    expect(Math.abs(value / (expected.get(place) ?? 0) - 1), place).toBeLessThan(0.01);
  }
});

test('the run is saved as a table with a line for each activation', async ({ open }) => {
  const prompt = await open();
  await prompt.settled(15);
  const { name, bytes } = await prompt.save('Share', 'Save run as CSV');
  expect(name).toBe(`${IOI_WORDS}_demo_run.csv`);
  // A decoder takes off the mark at the beginning, by which Excel knows UTF-8.
  expect([...bytes.subarray(0, 3)]).toEqual([0xef, 0xbb, 0xbf]);
  const table = csvParse(new TextDecoder().decode(bytes));
  const counted = /([\d,]+) activations/.exec(await words(prompt.summary))?.[1] ?? '';
  expect(table).toHaveLength(Number(counted.replace(',', '')));
  expect(table.columns).toEqual(['source', 'layer', 'position', 'token', 'feature', 'activation']);
  const best = table.find(
    ({ source, position, feature }) =>
      source === '3-att-demo' && position === '14' && feature === '213',
  );
  expect(best).toMatchObject({ layer: '3', token: ' to' });
  expect(Number(best?.activation)).toBeCloseTo(5.13, 2);
  const tokens = new Map(table.map(({ position, token }) => [position, token]));
  expect(tokens.get('9')).toBe(',');
});

/** Each chart's menu, the least lines of its table, and the columns that it begins with. */
const CHARTS: [menu: string, lines: number, columns: string[]][] = [
  ['Tracks: menu', 15, ['position', 'id', 'token', 'surprisal_nats']],
  ['Map of sources: menu', 8 * 15, ['source', 'position', 'token', 'active_features']],
  ['Pinned features: menu', 15, ['position', 'token', '3-att-demo/213', '2-mlp-demo/43']],
  ['Logit lens: menu', 4 * 15 * 10, ['layer', 'position', 'token', 'rank', 'predicted_id']],
  ['Features of the token: menu', 180, ['feature', 'activation', 'promotes']],
  ['Next token: menu', 10, ['id', 'token', 'logit', 'probability', 'actual']],
];

test('every chart is copied as CSV and as JSON', async ({ open }) => {
  const prompt = await open({ hash: HASH });
  await prompt.settled(15);
  await eventually(() => prompt.row('3/213').textContent()).toContain('·Mary');
  for (const [menu, lines, columns] of CHARTS) {
    const table = csvParse(await prompt.copy(menu, 'Copy CSV'));
    expect(table.columns.slice(0, columns.length), menu).toEqual(columns);
    expect(table.length, menu).toBeGreaterThanOrEqual(lines);
    const json = JSON.parse(await prompt.copy(menu, 'Copy JSON'));
    expect(json, menu).toMatchObject({ model: 'demo', prompt: goldenPrompt('ioi') });
  }
});

test('what is copied are the numbers on screen', async ({ open }) => {
  const prompt = await open({ hash: HASH });
  await prompt.settled(15);
  const pinned = csvParse(await prompt.copy('Pinned features: menu', 'Copy CSV'));
  const column = pinned.map((line) => Number(line['3-att-demo/213']));
  expect(column.map((value) => value.toFixed(2))).toEqual(
    Array.from({ length: 15 }, (_, t) => (t === 9 ? '4.86' : t === 14 ? '5.13' : '0.00')),
  );
  await prompt.page.getByRole('textbox', { name: 'Least activation' }).fill('3');
  await eventually(() => prompt.rows.count()).toBe(7);
  const listed = csvParse(await prompt.copy('Features of the token: menu', 'Copy CSV'));
  expect(listed.map(({ feature }) => feature?.replace(/-(att|mlp)-demo/, ''))).toEqual(
    (await prompt.listed()).map(({ name }) => name),
  );
  const next = csvParse(await prompt.copy('Next token: menu', 'Copy CSV'));
  expect(next[0]).toMatchObject({ token: ' Mary' });
});

test('the saved map has the cells of the map on screen, each in its place and colour', async ({
  open,
}) => {
  const prompt = await open({ hash: HASH });
  await prompt.settled(15);
  // Out of the map, so that no cell is lit.
  await prompt.box.hover();
  const { bytes } = await prompt.save('Map of sources: menu', 'Save SVG');
  const [saved, shown] = await prompt.map.locator('canvas').evaluate((element, source) => {
    const root = new DOMParser().parseFromString(source, 'image/svg+xml').documentElement;
    const of = (at: Element, name: string) => Number(at.getAttribute(name));
    const groups = [...root.querySelectorAll('g[transform]')];
    const cells = groups
      .map((group) => [...group.querySelectorAll(':scope > rect')])
      .find((rects) => rects.length >= 8 * 15);
    const canvas = element as HTMLCanvasElement;
    const copy = new OffscreenCanvas(canvas.width, canvas.height);
    const pixels = copy.getContext('2d', { willReadFrequently: true });
    pixels?.drawImage(canvas, 0, 0);
    const scale = canvas.width / canvas.getBoundingClientRect().width;
    const hex = (x: number, y: number) => {
      const [r = 0, g = 0, b = 0] = pixels?.getImageData(x * scale, y * scale, 1, 1).data ?? [];
      return `#${[r, g, b].map((part) => part.toString(16).padStart(2, '0')).join('')}`;
    };
    const all = cells ?? [];
    return [
      all.map((cell) => cell.getAttribute('fill')),
      all.map((cell) => hex(of(cell, 'x') + 2, of(cell, 'y') + of(cell, 'height') - 2)),
    ];
  }, bytes.toString('utf8'));
  expect(saved).toHaveLength(8 * 15);
  expect(new Set(saved).size).toBeGreaterThan(20);
  expect(shown).toEqual(saved);
});

test('a chart is saved as a well-formed SVG that draws what is on screen', async ({ open }) => {
  const prompt = await open({ hash: HASH });
  await prompt.settled(15);
  await eventually(() => prompt.lens.textContent()).toContain('Mary');
  for (const [view, menu] of [
    ['tracks', 'Tracks: menu'],
    ['map', 'Map of sources: menu'],
    ['lens', 'Logit lens: menu'],
  ] as const) {
    const { name, bytes } = await prompt.save(menu, 'Save SVG');
    expect(name, menu).toBe(`${IOI_WORDS}_demo_${view}.svg`);
    const seen = await prompt.page.evaluate(async (source) => {
      const root = new DOMParser().parseFromString(source, 'image/svg+xml').documentElement;
      const image = new Image();
      image.src = URL.createObjectURL(new Blob([source], { type: 'image/svg+xml' }));
      await image.decode();
      return {
        root: root.localName,
        errors: root.querySelectorAll('parsererror').length,
        namespace: root.namespaceURI,
        text: [...root.querySelectorAll('text')].map((text) => text.textContent ?? ''),
        size: [image.naturalWidth, image.naturalHeight],
        outside: source.match(/(href|src)="(?!#)/g),
      };
    }, bytes.toString('utf8'));
    expect(seen, menu).toMatchObject({
      root: 'svg',
      errors: 0,
      namespace: 'http://www.w3.org/2000/svg',
      outside: null,
    });
    expect(seen.text, menu).toEqual(expect.arrayContaining(['·Mary', '·drink', '·to']));
    expect(seen.size[0], menu).toBeGreaterThan(300);
    expect(seen.size[1], menu).toBeGreaterThan(50);
  }
});

test('a chart is saved as a PNG', async ({ open }) => {
  const prompt = await open();
  await prompt.settled(15);
  const { name, bytes } = await prompt.save('Tracks: menu', 'Save PNG');
  expect(name).toBe(`${IOI_WORDS}_demo_tracks.png`);
  expect(bytes.subarray(0, 8).toString('latin1')).toBe('\x89PNG\r\n\x1a\n');
  expect(bytes.length).toBeGreaterThan(10_000);
});

test('copying that the browser forbids is said', async ({ open }) => {
  const prompt = await open({ permissions: [] });
  await prompt.settled(15);
  await prompt.page.evaluate(() => {
    navigator.clipboard.writeText = () => Promise.reject(new DOMException('', 'NotAllowedError'));
  });
  await prompt.choose('Share', 'Copy link');
  await prompt.page.getByText('The browser did not allow copying').waitFor();
});
