import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { Fonts } from './fonts.ts';
import { textRuns } from './text-runs.ts';

const folder = fileURLToPath(new URL('../../../tests/unit/export/fonts', import.meta.url));
const fonts = new Fonts([folder], []);

function runs(text: string) {
  return textRuns(text, 'regular', fonts).map(({ text, face, isRightToLeft }) => [
    text,
    face === undefined ? 'Inter' : face.file.replace(/^.*[/\\]/, ''),
    ...(isRightToLeft ? ['right to left'] : []),
  ]);
}

test('letters that our face has are one run', () => {
  expect(runs('Mary·0.5 é')).toEqual([['Mary·0.5 é', 'Inter']]);
});

test('what it lacks is set in another face, in its place', () => {
  expect(runs('a 戦争 b')).toEqual([
    ['a ', 'Inter'],
    ['戦争', 'east-asian.otf'],
    [' b', 'Inter'],
  ]);
});

test('Hebrew runs from right to left, its number to its left, its brackets mirrored (UAX 9)', () => {
  const [number, ...rest] = runs('שלום (עולם) 12 abc');
  expect(number).toEqual(['12', 'Inter']);
  expect(rest.at(-1)).toEqual([' abc', 'Inter']);
  // From left to right: `) `, mirrored, `world`, ` (`, mirrored, `peace`.
  expect(rest.slice(0, -1).map(([text]) => text)).toEqual([' (', 'עולם', ') ', 'שלום']);
  expect(rest[1]).toEqual(['עולם', 'right-to-left.ttf', 'right to left']);
});

test('a mark between keeps a number on the right of a word', () => {
  const drawn = runs('مرحبا\u200e 2');
  expect(drawn[0]).toEqual(['مرحبا', 'right-to-left.ttf', 'right to left']);
  expect(drawn.at(-1)?.[0]).toMatch(/ 2$/);
});
