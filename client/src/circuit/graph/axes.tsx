import type { AttributionGraph } from '@loupe/shared';
import { fitText, tokenAt } from '@loupe/shared';
import { face, MONO } from '../../charts/faces.ts';
import { textWidth } from '../../charts/text-width.ts';
import { useFaces } from '../../charts/use-faces.ts';
import type { GraphLayout } from './layout.ts';
import { rowLabel } from './rows.ts';
import type { Size, Viewport } from './viewport.ts';

/** The face of the tokens under the graph. */
export const COLUMN_FACE = face(11, MONO);
/** Columns narrower than this have no label. */
const MIN_LABEL = 12;
/** Rows closer than this have a label only at every other. */
const MIN_ROW = 13;

interface AxisProps {
  graph: AttributionGraph;
  layout: GraphLayout;
  viewport: Viewport;
  screen: Size;
}

/** The tokens under the graph; they stay in sight and follow it sideways. */
export function ColumnLabels({
  graph,
  layout,
  viewport,
  screen,
  height,
}: AxisProps & { height: number }) {
  useFaces();
  const measure = textWidth(COLUMN_FACE);
  return (
    <svg className="graph-columns" width={screen.width} height={height} aria-hidden="true">
      {layout.columns.map(({ from, to }, position) => {
        const width = (to - from) * viewport.k;
        const middle = ((from + to) / 2) * viewport.k + viewport.x;
        if (width < MIN_LABEL || middle < -width || middle > screen.width + width) return null;
        const text = fitText(tokenAt(graph, position), width - 2, measure);
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: a token is its position
          <text key={position} x={middle} y={height / 2 + 4} textAnchor="middle">
            {text}
          </text>
        );
      })}
    </svg>
  );
}

/** The layers beside the graph; they stay in sight and follow it up and down. */
export function RowLabels({
  graph,
  layout,
  viewport,
  screen,
  width,
}: AxisProps & { width: number }) {
  const step = layout.rows.length > 1 ? layout.height / layout.rows.length : layout.height;
  const every = Math.max(1, Math.ceil(MIN_ROW / (step * viewport.k)));
  return (
    <svg className="graph-rows" width={width} height={screen.height} aria-hidden="true">
      {layout.rows.map(({ from, to }, row) => {
        const y = ((from + to) / 2) * viewport.k + viewport.y;
        if (row % every !== 0 || y < -10 || y > screen.height + 10) return null;
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: a row is its number from the bottom
          <text key={row} x={12} y={y + 4}>
            {rowLabel(row, graph.layers)}
          </text>
        );
      })}
    </svg>
  );
}
