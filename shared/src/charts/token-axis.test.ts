import { expect, test } from 'vitest';
import {
  columnAt,
  columnWidth,
  columnX,
  fitWidths,
  MAX_FILL,
  MAX_READABLE,
  MIN_READABLE,
  pixelsAt,
  readableWidths,
  scrolled,
  scrollToShow,
  tokenAxis,
  tokensAt,
  visibleColumns,
} from './token-axis.ts';

test('columns are even when the widest token fits into an even share', () => {
  expect(readableWidths([30, 45, 20, 50], 240)).toEqual([60, 60, 60, 60]);
});

test('a long token gets the width it needs and the others share the rest', () => {
  expect(readableWidths([120, 20, 20], 240)).toEqual([120, 60, 60]);
});

test('a short prompt does not spread its tokens over the whole width', () => {
  expect(readableWidths([20, 20], 800)).toEqual([MAX_FILL, MAX_FILL]);
});

test('a long prompt keeps columns readable and cuts very long tokens', () => {
  const widths = readableWidths([...new Array<number>(100).fill(20), 400], 800);
  expect(widths[0]).toBe(MIN_READABLE);
  expect(widths[100]).toBe(MAX_READABLE);
});

test('long tokens are cut a little where that lets the whole prompt fit', () => {
  const widths = readableWidths([300, 200, 20, 20, 20, 20], 400);
  expect(widths).toEqual([152, 152, 24, 24, 24, 24]);
  expect(readableWidths([300, 200, 100, 100, 100], 300)).toEqual([132, 132, 100, 100, 100]);
});

test('a forty-character token is shown whole when the prompt has room for it', () => {
  expect(readableWidths([34, 300], 800)).toEqual([MAX_FILL, 300]);
});

test.each([
  ['cut to what fits', [...new Array<number>(20).fill(30), 100, 110, 120], 800],
  ['even', new Array<number>(200).fill(40), 801],
  ['a pixel wide and a few of them two', new Array<number>(700).fill(40), 801],
  ['narrower than a pixel', new Array<number>(5000).fill(40), 801],
])('a prompt that is fitted fills exactly the width, with columns %s', (_, needs, viewport) => {
  const widths = fitWidths(needs, viewport);
  expect(widths.reduce((sum, width) => sum + width, 0)).toBeCloseTo(viewport, 6);
  expect(Math.max(...widths) - Math.min(...widths)).toBeLessThanOrEqual(needs.length < 50 ? 74 : 1);
});

test('only the longest tokens are cut, to one width, so that each can still be read', () => {
  const widths = fitWidths([20, 30, 200, 300], 153);
  expect(widths).toEqual([24, 30, 50, 49]);
});

test('where all can be read there is nothing to fit', () => {
  for (const needs of [[20, 20], [30, 45, 20, 50], []]) {
    expect(fitWidths(needs, 800)).toEqual(readableWidths(needs, 800));
  }
});

const axis = tokenAxis([40, 60, 40, 100, 40], 150, 50);

test('columns are found by where they are on screen', () => {
  expect(columnX(axis, 1)).toBe(-10);
  expect(columnWidth(axis, 3)).toBe(100);
  expect(columnAt(axis, 0)).toBe(1);
  expect(columnAt(axis, 50)).toBe(2);
  expect(columnAt(axis, 149)).toBe(3);
  expect(columnAt(axis, 150)).toBeUndefined();
  expect(columnAt(axis, -1)).toBeUndefined();
  expect(columnAt(tokenAxis([40], 150, 0), 45)).toBeUndefined();
});

test('only the columns on screen are visible', () => {
  expect(visibleColumns(axis)).toEqual({ from: 1, to: 4 });
  expect(visibleColumns(scrolled(axis, 0))).toEqual({ from: 0, to: 4 });
  expect(visibleColumns(scrolled(axis, 1e6))).toEqual({ from: 2, to: 5 });
  expect(visibleColumns(tokenAxis([], 150, 0))).toEqual({ from: 0, to: 0 });
});

test('the offset stays within the prompt', () => {
  expect(scrolled(axis, -5).scroll).toBe(0);
  expect(scrolled(axis, 1e6).scroll).toBe(130);
  expect(tokenAxis([40], 150, 30).scroll).toBe(0);
});

test('showing a column moves as little as it must', () => {
  const wide = tokenAxis(new Array<number>(100).fill(40), 400, 1000);
  expect(scrollToShow(wide, 29)).toBe(1000);
  expect(scrollToShow(wide, 10)).toBe(400 - 48);
  expect(scrollToShow(wide, 50)).toBe(2040 + 48 - 400);
  expect(scrollToShow(wide, 1000)).toBe(1000);
});

test('pixels and tokens convert into each other', () => {
  expect(tokensAt(axis, 70)).toBe(1.5);
  expect(pixelsAt(axis, 1.5)).toBe(70);
  expect(tokensAt(axis, 1e6)).toBe(5);
  expect(pixelsAt(axis, 5)).toBe(280);
  expect(pixelsAt(tokenAxis([], 100, 0), 3)).toBe(0);
});
