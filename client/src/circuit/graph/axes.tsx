import { columnLabels, type GraphLayout, rowLabels, TEXT_SIZE } from '@loupe/shared';
import { face, MONO } from '../../charts/faces.ts';
import { textWidth } from '../../charts/text-width.ts';
import { useFaces } from '../../charts/use-faces.ts';
import type { Size, Viewport } from './viewport.ts';

/** The face of the tokens under the graph, and of the names in it. */
export const GRAPH_FACE = face(TEXT_SIZE, MONO);

interface AxisProps {
  layout: GraphLayout;
  viewport: Viewport;
  screen: Size;
}

/** The tokens under the graph; they stay in sight and follow it sideways. */
export function ColumnLabels({
  layout,
  viewport: { k, x },
  screen,
  height,
  foldedText,
}: AxisProps & {
  height: number;
  /** The tokens that are folded into a column, as they are read on end. */
  foldedText: (first: number, last: number) => string;
}) {
  useFaces();
  const view = { zoom: k, offset: x, size: screen.width };
  const folded = new Map(
    layout.columns.flatMap(({ first, last }) => (last > first ? [[first, last] as const] : [])),
  );
  return (
    <svg className="graph-columns" width={screen.width} height={height} aria-hidden="true">
      {columnLabels(layout, view, textWidth(GRAPH_FACE)).map(({ text, at, key }) => {
        const last = folded.get(key);
        return (
          <text
            key={key}
            x={at}
            y={height / 2 + 4}
            textAnchor="middle"
            data-folded={last !== undefined || undefined}
          >
            {text}
            {last !== undefined && <title>{foldedText(key, last)}</title>}
          </text>
        );
      })}
    </svg>
  );
}

/** The layers beside the graph; they stay in sight and follow it up and down. */
export function RowLabels({
  layout,
  viewport: { k, y },
  screen,
  width,
}: AxisProps & { width: number }) {
  return (
    <svg className="graph-rows" width={width} height={screen.height} aria-hidden="true">
      {rowLabels(layout, { zoom: k, offset: y, size: screen.height }).map(({ text, at, key }) => (
        <text key={key} x={12} y={at + 4}>
          {text}
        </text>
      ))}
    </svg>
  );
}
