import { formatCount } from '@loupe/shared';
import { stepOf } from '../../charts/colour-scale.ts';
import { face, SANS } from '../../charts/faces.ts';
import { textWidth } from '../../charts/text-width.ts';
import { columnWidth, columnX, type TokenAxis, visibleColumns } from '../../charts/token-axis.ts';
import type { MapLayout } from './map-rows.ts';
import { type MapShading, shareOf } from './map-shade.ts';
import type { TracksPalette } from './tracks-palette.ts';

export interface MapPicture {
  axis: TokenAxis;
  layout: MapLayout;
  shading: MapShading;
  /** [sources][positions] number of active features; undefined for a source that has not arrived. */
  counts: (ArrayLike<number> | undefined)[];
  special: Uint8Array;
  palette: TracksPalette;
}

/** Cells narrower than this stand without a gap between them. */
const GAP_FROM = 5;
const NUMBER_FACE = face(11, SANS);
/** A column has its numbers when one of two digits fits: some of them and not others would mislead. */
const TYPICAL = '00';
const NUMBER_PADDING = 3;

/** Draws the columns of the map that are on screen. */
export function drawMap(context: CanvasRenderingContext2D, picture: MapPicture): void {
  const { axis, layout, shading, counts, special, palette } = picture;
  const { from, to } = visibleColumns(axis);
  const width = textWidth(NUMBER_FACE);
  const least = width(TYPICAL) + NUMBER_PADDING;
  context.font = NUMBER_FACE;
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  for (const { source, kind, y, height } of layout.rows) {
    const values = shading.values[source];
    const numbers = counts[source];
    const most = shading.most[kind];
    for (let t = from; t < to; t++) {
      const column = columnWidth(axis, t);
      const x = columnX(axis, t);
      const across = column >= GAP_FROM ? column - 1 : column;
      if (!values || !numbers) {
        context.fillStyle = palette.colours.sunken;
        context.fillRect(x, y, across, height - 1);
        continue;
      }
      const scale = special[t] ? palette.special : palette.kinds[kind];
      const share = special[t] ? 0 : shareOf(values[t] as number, most);
      const step = stepOf(scale.fill, share);
      context.fillStyle = scale.fill[step] as string;
      context.fillRect(x, y, across, height - 1);
      if (across < least) continue;
      const number = formatCount(numbers[t] as number);
      if (width(number) > across) continue;
      context.fillStyle = scale.ink[step] as string;
      context.fillText(number, x + across / 2, y + (height - 1) / 2 + 0.5);
    }
  }
}
