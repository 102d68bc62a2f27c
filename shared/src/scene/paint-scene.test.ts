import { expect, test } from 'vitest';
import { stackTracks } from '../charts/tracks/stack-tracks.ts';
import { AXIS, allTracks, measure, UPRIGHT } from '../charts/tracks/tracks.fixture.ts';
import { cssFont, FAMILIES } from './faces.ts';
import { paintScene, pictureToSvg } from './paint-scene.ts';
import type { Canvas } from './painter.ts';
import type { Scene } from './scene.ts';

/** What is painted, whichever way: place in the picture, colour, and text with its font. */
type Painted = string;

const short = (value: number) => Math.round(value * 10) / 10;

/** A canvas that writes down what it is told to paint. */
function recorder(): { canvas: Canvas; painted: Painted[] } {
  const painted: Painted[] = [];
  let [dx, dy, turned] = [0, 0, false];
  const saved: [number, number, boolean][] = [];
  let shape = '';
  const canvas: Canvas = {
    fillStyle: '',
    font: '',
    textAlign: 'start',
    textBaseline: '',
    save: () => void saved.push([dx, dy, turned]),
    restore: () => {
      [dx, dy, turned] = saved.pop() ?? [0, 0, false];
    },
    translate: (x, y) => {
      dx += x;
      dy += y;
    },
    rotate: (angle) => {
      expect(angle).toBeCloseTo(-Math.PI / 2);
      turned = true;
    },
    beginPath: () => {
      shape = '';
    },
    roundRect: (x, y, width, height) => {
      shape = ['rect', short(x + dx), short(y + dy), short(width), short(height)].join(' ');
    },
    fill: (path) => {
      painted.push(
        path === undefined
          ? `${shape} ${canvas.fillStyle}`
          : ['path', short(dx), short(dy), path, canvas.fillStyle].join(' '),
      );
    },
    fillRect: (x, y, width, height) => {
      painted.push(
        ['rect', short(x + dx), short(y + dy), short(width), short(height)]
          .concat(String(canvas.fillStyle))
          .join(' '),
      );
    },
    fillText: (text, x, y) => {
      const place = [short(x + dx), short(y + dy), turned ? 'upwards' : 'across'];
      painted.push(
        ['text', ...place, canvas.font, canvas.textAlign, canvas.fillStyle, text].join(' '),
      );
    },
  };
  return { canvas, painted };
}

/** The same of an SVG document, its ground left out. */
function readSvg(svg: string): Painted[] {
  const painted: Painted[] = [];
  const groups = [{ dx: 0, dy: 0, font: '', anchor: 'start' }];
  const plain = (text: string) =>
    text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
  for (const [, close, tag = '', list = '', content = ''] of svg.matchAll(
    /<(\/?)(\w+)((?: [\w-]+="[^"]*")*)\s*\/?>([^<]*)/g,
  )) {
    const at = Object.fromEntries(
      [...list.matchAll(/([\w-]+)="([^"]*)"/g)].map(([, name, value]) => [name, value]),
    );
    if (tag === 'g' && close) groups.pop();
    if (close) continue;
    const group = groups.at(-1) ?? { dx: 0, dy: 0, font: '', anchor: 'start' };
    const [, x, y] = /translate\((\S+) (\S+)\)/.exec(at.transform ?? '') ?? [
      0,
      at.x ?? 0,
      at.y ?? 0,
    ];
    const left = short(group.dx + Number(x));
    const top = short(group.dy + Number(y));
    if (tag === 'g') {
      const face = at['font-weight']
        ? 'bold'
        : at['font-family'] === FAMILIES.mono
          ? 'mono'
          : 'regular';
      groups.push({
        dx: group.dx + Number(x),
        dy: group.dy + Number(y),
        font: cssFont(face, Number(at['font-size'])),
        anchor: at['text-anchor'] ?? 'start',
      });
    } else if (tag === 'rect') {
      const size = [short(Number(at.width)), short(Number(at.height))];
      painted.push(['rect', left, top, ...size, at.fill].join(' '));
    } else if (tag === 'path') {
      painted.push(['path', left, top, at.d, at.fill].join(' '));
    } else if (tag === 'text') {
      const runs = at.transform?.includes('rotate(-90)') ? 'upwards' : 'across';
      const align = group.anchor === 'middle' ? 'center' : group.anchor;
      painted.push(['text', left, top, runs, group.font, align, at.fill, plain(content)].join(' '));
    }
  }
  return painted.slice(1);
}

/** All tracks as one scene, as they are exported. */
function stacked(axis = AXIS): Scene {
  const tracks = Object.entries(allTracks(axis)).map(([name, scene], at) => ({
    scene,
    head: [name, 'a line about it'],
    gap: at * 4,
    labels: [
      { text: name, y: 10, mark: { kind: 'mlp', colour: '#d55e00' } as const },
      { text: 'a longer label that is cut', y: 22, quiet: true, mono: true },
    ],
  }));
  return stackTracks(tracks, { gutter: 96, ink: '#1c1c1a', muted: '#686863', measure });
}

for (const [name, axis] of Object.entries({ readable: AXIS, upright: UPRIGHT })) {
  test(`screen and export show the same, item by item, in ${name} columns`, () => {
    const scene = stacked(axis);
    const { canvas, painted } = recorder();
    paintScene(canvas, scene, (d) => d);
    const svg = pictureToSvg({ scene, ground: '#ffffff', title: 'a <prompt>' });
    expect(painted.length).toBeGreaterThan(50);
    expect(readSvg(svg)).toEqual(painted);
  });
}

test('everything stays inside the picture', () => {
  const scene = stacked();
  const { canvas, painted } = recorder();
  paintScene(canvas, scene, (d) => d);
  for (const item of painted) {
    const [, x = Number.NaN, y = Number.NaN] = item.split(' ').map(Number);
    expect(x, item).toBeGreaterThanOrEqual(0);
    expect(y, item).toBeGreaterThanOrEqual(0);
    expect(x, item).toBeLessThanOrEqual(scene.width);
    expect(y, item).toBeLessThanOrEqual(scene.height);
  }
});

test('tokens cannot break out of the document', () => {
  const svg = pictureToSvg({ scene: stacked(), ground: '#ffffff', title: '</title>' });
  expect(svg).not.toContain('<b>');
  expect(svg).toContain('&lt;b&gt;');
  expect(svg).toContain('<title>&lt;/title&gt;</title>');
});
