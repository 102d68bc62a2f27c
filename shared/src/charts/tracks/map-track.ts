import { formatCount } from '../../labels/quantities.ts';
import { addFills, addRect, rects } from '../../scene/marks/rects.ts';
import { addText, BASELINE, texts } from '../../scene/marks/texts.ts';
import type { MeasureIn } from '../../scene/scene.ts';
import { type InkedRamp, shareOf, stepOf } from '../inked-ramp.ts';
import { columnWidth, columnX, type TokenAxis, visibleColumns } from '../token-axis.ts';
import { cellWidth, type TrackRow, type TrackScene } from './track-scene.ts';

/** A row of the map: a source, each of its cells shaded by one value and with another as its number. */
export interface MapTrackRow extends TrackRow {
  /** [positions] what shades the cells; undefined for a source that has not arrived. */
  values: ArrayLike<number> | undefined;
  /** The value with the full colour. */
  most: number;
  /** [positions] what is written in the cells; undefined for a source that has not arrived. */
  numbers: ArrayLike<number> | undefined;
  scale: InkedRamp;
}

export interface MapTrack {
  axis: TokenAxis;
  height: number;
  rows: readonly MapTrackRow[];
  /** [positions] 1 where the token is special, whose cells stand outside the scale. */
  special: Uint8Array;
  specialScale: InkedRamp;
  /** Colour of cells that have not arrived. */
  waiting: string;
  /** A number as it is written in its cell. */
  label?: (value: number) => string;
  measure: MeasureIn;
}

const NUMBER_SIZE = 11;
/** A column has its numbers when one of two digits fits: some of them and not others would mislead. */
const TYPICAL = '00';
const NUMBER_PADDING = 3;

/** A grid of shaded cells with numbers: tokens across, sources down. */
export function mapTrack(track: MapTrack): TrackScene {
  const { axis, height, rows, special, specialScale, label = formatCount } = track;
  const { from, to } = visibleColumns(axis);
  const width = track.measure('regular', NUMBER_SIZE);
  const least = width(TYPICAL) + NUMBER_PADDING;
  const cells = rects(rows.length * (to - from));
  const numbers = texts('regular', NUMBER_SIZE);
  const waiting = addFills(cells, [track.waiting]);
  const outside = addFills(cells, specialScale.fill);
  const scales = new Map<InkedRamp, number>();
  for (const row of rows) {
    const { scale, values, y } = row;
    const first = scales.get(scale) ?? addFills(cells, scale.fill);
    scales.set(scale, first);
    const tall = row.height - 1;
    const baseline = y + tall / 2 + NUMBER_SIZE * BASELINE;
    for (let t = from; t < to; t++) {
      const x = columnX(axis, t);
      const across = cellWidth(columnWidth(axis, t));
      if (!values || !row.numbers) {
        addRect(cells, x, y, across, tall, waiting);
        continue;
      }
      const ramp = special[t] ? specialScale : scale;
      const step = special[t] ? 0 : stepOf(ramp.fill, shareOf(values[t] as number, row.most));
      addRect(cells, x, y, across, tall, (special[t] ? outside : first) + step);
      if (across < least) continue;
      const text = label(row.numbers[t] as number);
      if (width(text) > across) continue;
      addText(numbers, text, x + across / 2, baseline, ramp.ink[step] as string);
    }
  }
  return { width: axis.viewport, height, axis, rows, marks: [cells, numbers] };
}
