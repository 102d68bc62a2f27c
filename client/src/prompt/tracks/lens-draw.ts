import { fitText, type LogitLensResponse, type Token, tokenLabel } from '@loupe/shared';
import { stepOf } from '../../charts/colour-scale.ts';
import { face, MONO } from '../../charts/faces.ts';
import { textWidth } from '../../charts/text-width.ts';
import { columnWidth, columnX, type TokenAxis, visibleColumns } from '../../charts/token-axis.ts';
import { lensTop } from '../../stores/prompt/lens-cells.ts';
import type { TracksPalette } from './tracks-palette.ts';

export interface LensPicture {
  axis: TokenAxis;
  lens: LogitLensResponse | undefined;
  /** Number of rows, known from the model before the lens is. */
  layers: number;
  rowHeight: number;
  tokens: readonly Token[];
  palette: TracksPalette;
}

/** Text is set in the first size, or where it does not fit in the second. */
const CELL_FACE = face(10.5, MONO);
const SMALL_FACE = face(9, MONO);
const CELL_PADDING = 1.5;
/** Columns narrower than this show no text, as a letter and an ellipsis say nothing. */
const TEXT_FROM = 24;
/** Side of the corner that marks a prediction that came true. */
const CORNER = 5;

/** Draws the columns of the logit lens that are on screen, last layer on top. */
export function drawLens(context: CanvasRenderingContext2D, picture: LensPicture): void {
  const { axis, lens, layers, rowHeight, tokens, palette } = picture;
  const { from, to } = visibleColumns(axis);
  const width = textWidth(CELL_FACE);
  const smallWidth = textWidth(SMALL_FACE);
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  for (let row = 0; row < layers; row++) {
    const y = row * rowHeight;
    for (let t = from; t < to; t++) {
      const column = columnWidth(axis, t);
      const across = column >= 5 ? column - 1 : column;
      const x = columnX(axis, t);
      const top = lens && lensTop(lens, layers - 1 - row, t);
      if (!top) {
        context.fillStyle = palette.colours.sunken;
        context.fillRect(x, y, across, rowHeight - 1);
        continue;
      }
      const step = stepOf(palette.logit.fill, top.probability);
      context.fillStyle = palette.logit.fill[step] as string;
      context.fillRect(x, y, across, rowHeight - 1);
      context.fillStyle = palette.logit.ink[step] as string;
      if (tokens[t + 1]?.id === top.id && column >= 8) {
        context.beginPath();
        context.moveTo(x + across, y);
        context.lineTo(x + across, y + CORNER);
        context.lineTo(x + across - CORNER, y);
        context.fill();
      }
      if (column < TEXT_FROM) continue;
      const label = tokenLabel(top.text);
      const room = across - 2 * CELL_PADDING;
      const fits = width(label) <= room;
      context.font = fits ? CELL_FACE : SMALL_FACE;
      const text = fits ? label : fitText(label, room, smallWidth);
      context.fillText(text, x + across / 2, y + (rowHeight - 1) / 2 + 0.5);
    }
  }
}
