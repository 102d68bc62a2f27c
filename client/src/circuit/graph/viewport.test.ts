import { expect, test } from 'vitest';
import { fitZoom, homeViewport, refitted, showing } from './viewport.ts';

const screen = { width: 800, height: 600 };

test('a drawing that fits is shown as it is', () => {
  expect(homeViewport({ width: 800, height: 600 }, screen)).toEqual({ k: 1, x: 0, y: 0 });
  expect(homeViewport({ width: 800, height: 400 }, screen)).toEqual({ k: 1, x: 0, y: 100 });
});

test('a larger one is made smaller, and one that is too large shows its upper right end', () => {
  expect(homeViewport({ width: 1000, height: 600 }, screen)).toMatchObject({ k: 0.8, x: 0 });
  const home = homeViewport({ width: 10_000, height: 800 }, screen);
  // As high as the screen.
  expect(home.k).toBe(0.75);
  expect(10_000 * home.k + home.x).toBeCloseTo(800);
  expect(homeViewport({ width: 10_000, height: 60_000 }, screen).k).toBe(0.55);
});

test('a panel that has no size yet has a zoom', () => {
  expect(fitZoom({ width: 100, height: 100 }, { width: 0, height: 0 })).toBe(1);
});

test('a node off the screen is brought well inside, one that is inside moves nothing', () => {
  const layout = { x: Float32Array.of(100, 2000, Number.NaN), y: Float32Array.of(100, -50, 0) };
  const viewport = { k: 2, x: 0, y: 0 };
  expect(showing(viewport, layout, 0, screen)).toEqual(viewport);
  const moved = showing(viewport, layout, 1, screen);
  expect(2000 * 2 + moved.x).toBe(800 - 48);
  expect(-50 * 2 + moved.y).toBe(48);
  expect(showing(viewport, layout, 2, screen)).toEqual(viewport);
});

test('what is in view stays in the middle of a screen that changes, larger or smaller with the whole', () => {
  const content = { width: 1000, height: 600 };
  const before = { content, screen };
  const after = { content, screen: { width: 600, height: 300 } };
  // The middle of the screen is on 500 of 1000 across, 200 of 600 down.
  const viewport = { k: 2, x: 400 - 500 * 2, y: 300 - 200 * 2 };
  const there = refitted(viewport, before, after, homeViewport);
  expect(there.k).toBeCloseTo((2 * 0.55) / 0.8);
  expect(500 * there.k + there.x).toBeCloseTo(300);
  expect(200 * there.k + there.y).toBeCloseTo(150);
  const back = refitted(there, after, before, homeViewport);
  expect([back.k, back.x, back.y]).toEqual([
    expect.closeTo(viewport.k),
    expect.closeTo(viewport.x),
    expect.closeTo(viewport.y),
  ]);
});
