import { type MeasureIn, pictureToSvg, textWidthIn, tokenAxis } from '@loupe/shared';
import { afterAll, expect, test, vi } from 'vitest';
import { smallRun, tokensOf } from '../../stores/prompt/run.fixture.ts';
import { COLOURS } from '../../theme/colours.ts';
import type { TracksFigure } from './tracks-figure.ts';
import { tracksPalette } from './tracks-palette.ts';

// There is no browser here to measure text: modules are loaded anew with another measurer.
vi.resetModules();
vi.doMock('../../charts/text-width.ts', () => {
  const measureIn: MeasureIn = (face, size) => (text) => textWidthIn(face, size, text);
  return { measureIn };
});
const { tracksFigure } = await import('./tracks-figure.ts');
afterAll(() => {
  vi.doUnmock('../../charts/text-width.ts');
  vi.resetModules();
});

const lens = {
  model: 'demo',
  tokens: [],
  layers: [
    {
      layer: 0,
      ids: [[5], [5], [5], [5]],
      logits: [[1], [1], [1], [1]],
      probabilities: [[1], [0.5], [0.2], [0]],
    },
  ],
  texts: { 5: ' <b>' },
};

function figure(change: Partial<TracksFigure> = {}): TracksFigure {
  return {
    run: smallRun({ lens }),
    parts: ['surprisal', 'map', 'pinned', 'lens'],
    pinned: ['0-att-demo/2'],
    shade: 'strongest',
    features: new Map(),
    colouring: 'surprisal',
    axis: tokenAxis([72, 72, 72, 72], 300, 0),
    palette: tracksPalette(COLOURS.light),
    ...change,
  };
}

const tracksSvg = (of: TracksFigure) => pictureToSvg(tracksFigure(of));
const count = (svg: string, what: RegExp) => svg.match(what)?.length ?? 0;

test('the picture has every token, cell, bar and prediction', () => {
  const svg = tracksSvg(figure());
  const ground = 1;
  const chips = 4;
  const surprisal = 1 + 3;
  const cells = 8;
  const pinned = 1 + 2;
  const predictions = 4;
  expect(count(svg, /<rect /g)).toBe(ground + chips + surprisal + cells + pinned + predictions);
  expect(svg).toContain('>·cat</text>');
  expect(svg).toContain('>BOS</text>');
  expect(svg).toContain('>0/2</text>');
});

test('a picture can have some of the parts', () => {
  const svg = tracksSvg(figure({ parts: ['pinned'] }));
  expect(svg).not.toContain('logit lens');
  expect(svg).not.toContain('active features');
  expect(svg).toContain('>0/2</text>');
});

test('tokens cannot break the document', () => {
  const run = smallRun({ lens, tokens: tokensOf(['<svg>', '&', '"', ' sat']) });
  const svg = tracksSvg(figure({ run }));
  expect(svg).not.toContain('<svg>');
  expect(svg).not.toContain('<b>');
  expect(svg).toContain('&lt;svg&gt;');
});

test('special tokens are grey and named as outside the scale', () => {
  const svg = tracksSvg(figure({ parts: ['map'] }));
  expect(svg).toContain('special tokens left out');
  expect(count(svg, new RegExp(`<rect [^>]*fill="${COLOURS.light.sunken}"`, 'g'))).toBe(3);
});

test('tokens are coloured in the picture as they are on screen', () => {
  const svg = tracksSvg(figure({ parts: [], colouring: '0-att-demo/2' }));
  expect(svg).toContain('tokens coloured by 0-att-demo/2, 0 to 4.00');
});

test('a long prompt has the columns that it has on screen', () => {
  const tokens = tokensOf(Array.from({ length: 300 }, () => ' word'));
  const run = smallRun({ tokens, sources: [], activations: [], outcome: undefined });
  const axis = tokenAxis(new Array<number>(300).fill(14), 700, 900, false);
  const svg = tracksSvg(figure({ run, parts: [], pinned: [], axis }));
  expect(svg).toContain('rotate(-90)');
  expect(svg).toContain(`width="${96 + 300 * 14 + 12}"`);
});

test('what has not arrived keeps its place', () => {
  const whole = tracksSvg(figure());
  const run = smallRun({ lens, activations: [undefined, undefined] });
  const svg = tracksSvg(figure({ run, pinned: [], parts: ['map'] }));
  expect(count(svg, /<rect /g)).toBe(1 + 4 + 8);
  expect(whole).not.toBe(svg);
});
