import { expect, test } from 'vitest';
import type { RectsMark } from '../../scene/marks/rects.ts';
import type { TextsMark } from '../../scene/marks/texts.ts';
import type { SceneMark } from '../../scene/scene.ts';
import { tokenAxis, wholeAxis } from '../token-axis.ts';
import { cellAt, cellBox, type TrackScene } from './track-scene.ts';
import { AXIS, allTracks, THIN, UPRIGHT } from './tracks.fixture.ts';

/** A mark as lines of text: an item each. */
function lines(mark: SceneMark): string[] {
  const short = (value = 0) => String(Math.round(value * 100) / 100);
  switch (mark.type) {
    case 'rects':
      return Array.from({ length: mark.count }, (_, i) =>
        ['rect', mark.x[i], mark.y[i], mark.width[i], mark.height[i]]
          .map((part) => (typeof part === 'number' ? short(part) : part))
          .concat(mark.fills[mark.fill[i] ?? -1] ?? 'none')
          .join(' '),
      );
    case 'texts':
      return mark.texts.map((text, i) =>
        [mark.face, mark.size, mark.anchor, short(mark.x[i]), short(mark.y[i]), mark.fill[i], text]
          .concat(mark.upwards ? 'upwards' : [])
          .join(' '),
      );
    case 'shapes':
      return mark.paths.map((path, i) =>
        ['shape', short(mark.x[i]), short(mark.y[i]), mark.fill[i], path].join(' '),
      );
    case 'group':
      return [`group ${mark.x} ${mark.y}`, ...mark.marks.flatMap(lines)];
  }
}

const sceneText = ({ width, height, marks }: TrackScene) =>
  `${[`scene ${width} ${height}`, ...marks.flatMap(lines)].join('\n')}\n`;

function rectsOf(scene: TrackScene | undefined): RectsMark {
  const found = scene?.marks.find((mark) => mark.type === 'rects');
  if (found?.type !== 'rects') throw new Error('no rectangles');
  return found;
}

function textsOf(scene: TrackScene | undefined): string[] {
  return (scene?.marks ?? [])
    .filter((mark): mark is TextsMark => mark.type === 'texts')
    .flatMap(({ texts }) => texts);
}

for (const [name, axis] of Object.entries({ readable: AXIS, upright: UPRIGHT, thin: THIN })) {
  test(`the scene of each track in ${name} columns`, async () => {
    for (const [track, scene] of Object.entries(allTracks(axis)))
      await expect(sceneText(scene)).toMatchFileSnapshot(`golden/${track}-${name}.txt`);
  });
}

test('a scene holds what is visible and no more', () => {
  const tracks = allTracks(AXIS);
  // Columns 1 to 7 are on screen, in two rows.
  expect(rectsOf(tracks.map).count).toBe(14);
  expect(rectsOf(tracks.lens).count).toBe(14);
  expect(textsOf(tracks.positions)).toEqual(['1', '3', '4', '5', '6', '7', '2']);
});

test('a bar is as tall as its share of the scale, and special ones are cut there', () => {
  const whole = allTracks(wholeAxis(AXIS)).bars;
  const bars = rectsOf(whole);
  const [line, bos, two, four, eight] = Array.from(bars.height);
  expect(line).toBe(1);
  expect([two, four, eight]).toEqual([8, 16, 32]);
  expect(bos).toBe(32);
  expect(bars.fills[bars.fill[1] ?? 0]).toBe('#d2d2cc');
});

test('the map writes a number only where it fits, and colours by the share of the scale', () => {
  const map = allTracks(wholeAxis(AXIS)).map;
  expect(textsOf(map)).toEqual(['900', '1', '12', '123', '1,234', '0', '7']);
  const cells = rectsOf(map);
  const colours = Array.from({ length: 8 }, (_, i) => cells.fills[cells.fill[i] ?? 0]);
  expect(colours).toEqual([
    '#f1f1ed', // BOS, though its value is far beyond the scale
    '#ccddee',
    '#99bbdd',
    '#6699cc',
    '#0072b2',
    '#ffffff',
    '#99bbdd',
    '#ccddee',
  ]);
});

test('nothing is written in columns that are too narrow', () => {
  const tracks = allTracks(THIN);
  for (const name of ['tokens', 'map', 'lens', 'bars']) expect(textsOf(tracks[name])).toEqual([]);
});

test('a point finds its cell, and a cell its place', () => {
  const { map, bars } = allTracks(AXIS);
  if (!map || !bars) throw new Error('no tracks');
  const row = map.rows[1];
  if (!row) throw new Error('no row');
  const box = cellBox(AXIS, row, 4);
  expect(cellAt(map, box.x + box.width / 2, box.y + 1)).toEqual({ position: 4, row: 1 });
  expect(cellAt(map, box.x + 1, 20)).toBeUndefined();
  expect(cellAt(bars, box.x + 1, 20)).toEqual({ position: 4, row: null });
  expect(cellAt(bars, -1, 20)).toBeUndefined();
});

test('a picture of the whole prompt keeps the columns of the screen', () => {
  const whole = wholeAxis(AXIS);
  expect(whole.edges).toEqual(AXIS.edges);
  expect([whole.viewport, whole.scroll]).toEqual([364, 0]);
});

test('a prompt too long for a picture is drawn in even columns', () => {
  const long = wholeAxis(tokenAxis(new Array<number>(400).fill(60), 800, 300));
  expect([long.content, long.viewport, long.runs]).toEqual([5600, 5600, 'upwards']);
  const longest = wholeAxis(tokenAxis(new Array<number>(2048).fill(60), 800, 300));
  expect(longest.content).toBeLessThanOrEqual(12_000);
});
