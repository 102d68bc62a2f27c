import { MARK_PATHS, type MarkKind } from '../../scene/mark-kinds.ts';
import { addShape, shapes } from '../../scene/marks/shapes.ts';
import { addText, BASELINE, texts } from '../../scene/marks/texts.ts';
import type { MeasureIn, Scene, SceneMark } from '../../scene/scene.ts';
import { fitText } from '../../text/fit-text.ts';
import type { TrackScene } from './track-scene.ts';

/** What stands to the left of a track, or of one of its rows. */
export interface TrackLabel {
  text: string;
  /** Middle of its line, in CSS pixels from the top of the track. */
  y: number;
  /** The mark of a kind, before the text. */
  mark?: { kind: MarkKind; colour: string };
  mono?: boolean;
  /** Small and grey. */
  quiet?: boolean;
}

export interface StackedTrack {
  scene: TrackScene;
  labels: readonly TrackLabel[];
  /** The line above it, in parts that are kept whole as it wraps; none where there is nothing to say. */
  head?: readonly string[];
  /** Space above it, in CSS pixels. */
  gap?: number;
}

export interface StackOptions {
  /** Width of the labels at the left of every track. */
  gutter: number;
  ink: string;
  muted: string;
  measure: MeasureIn;
}

const EDGE = 12;
const HEAD_LINE = 15;
const HEAD_SIZE = 11;
const SIZE = 11;
const QUIET_SIZE = 10;
const MARK_SIZE = 10;
const MARK_ROOM = 15;
/** Widths that a heading is not pressed below by a short prompt. */
const LEAST_WIDTH = 480;

/** Tracks one below the other, with what stands beside and above them, as one scene. */
export function stackTracks(tracks: readonly StackedTrack[], options: StackOptions): Scene {
  const { gutter, muted, measure } = options;
  const widest = Math.max(0, ...tracks.map(({ scene }) => scene.width));
  const width = Math.max(gutter + widest + EDGE, LEAST_WIDTH);
  const marks: SceneMark[] = [];
  const heads = texts('regular', HEAD_SIZE, 'start');
  let y = EDGE;
  for (const { scene, labels, head = [], gap = 0 } of tracks) {
    y += gap;
    for (const line of wrapped(head, width - 2 * EDGE, measure('regular', HEAD_SIZE))) {
      addText(heads, line, EDGE, y + HEAD_LINE / 2 + HEAD_SIZE * BASELINE, muted);
      y += HEAD_LINE;
    }
    if (head.length > 0) y += 3;
    marks.push(
      { type: 'group', x: 0, y, marks: labelMarks(labels, options) },
      { type: 'group', x: gutter, y, marks: scene.marks },
    );
    y += scene.height;
  }
  return { width, height: Math.ceil(y + EDGE), marks: [...marks, heads] };
}

/** Parts of a line set on as many as the width asks for. */
function wrapped(
  parts: readonly string[],
  width: number,
  measure: (text: string) => number,
): string[] {
  const lines: string[] = [];
  for (const part of parts) {
    const line = lines.at(-1);
    const longer = line === undefined ? part : `${line}, ${part}`;
    if (line !== undefined && measure(longer) <= width) lines[lines.length - 1] = longer;
    else lines.push(part);
  }
  return lines;
}

function labelMarks(
  labels: readonly TrackLabel[],
  { gutter, ink, muted, measure }: StackOptions,
): SceneMark[] {
  const kinds = shapes();
  const lines = labels.map(({ text, y, mark, mono = false, quiet = false }) => {
    const face = mono ? 'mono' : 'regular';
    const size = quiet ? QUIET_SIZE : SIZE;
    const x = EDGE + (mark || (quiet && mono) ? MARK_ROOM : 0);
    const line = texts(face, size, 'start');
    if (mark) addShape(kinds, MARK_PATHS[mark.kind], EDGE, y - MARK_SIZE / 2, mark.colour);
    const shown = fitText(text, gutter - 4 - x, measure(face, size));
    addText(line, shown, x, y + size * BASELINE, quiet ? muted : ink);
    return line;
  });
  return [kinds, ...lines];
}
