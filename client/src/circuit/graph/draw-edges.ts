import type { GraphLayout } from '@loupe/shared';
import { type AttributionGraph, EDGE_STYLES, type EdgeColumns, edgeBend } from '@loupe/shared';
import type { Size, Viewport } from './viewport.ts';

/** How edges stand out against how they do in the picture. */
export interface EdgeEmphasis {
  /** What their opacity is multiplied by, and their width. */
  opacity: number;
  width: number;
}

export interface EdgePicture {
  graph: Pick<AttributionGraph, 'edges'>;
  layout: Pick<GraphLayout, 'x' | 'y'>;
  viewport: Viewport;
  screen: Size;
  /** Colours of edges that raise and that lower their target. */
  colours: { positive: string; negative: string };
}

/** Curves to a stroke: a path of very many takes longer to fill than several of fewer. */
const PER_STROKE = 200;
/** Dash and gap, as in the pictures that are exported. */
const DASH = [5, 3.3];

/**
 * Paints edges as the layout has styled them, the weakest first. Edges of one style are stroked together;
 * those off the screen are left out.
 */
export function drawEdges(
  context: CanvasRenderingContext2D,
  picture: EdgePicture,
  { edge, style, fade }: EdgeColumns,
  emphasis: EdgeEmphasis,
): void {
  const { positive, negative } = picture.colours;
  context.lineCap = 'butt';
  for (let from = 0; from < edge.length; ) {
    let to = from;
    while (to < edge.length && style[to] === style[from]) to++;
    const { width, opacity } = EDGE_STYLES[style[from] as number] as (typeof EDGE_STYLES)[number];
    context.lineWidth = width * emphasis.width;
    context.globalAlpha = Math.min(1, opacity * fade * emphasis.opacity);
    const some = edge.subarray(from, to);
    context.strokeStyle = positive;
    strokeEdges(context, picture, some, 1);
    context.strokeStyle = negative;
    context.setLineDash(DASH);
    strokeEdges(context, picture, some, -1);
    context.setLineDash([]);
    from = to;
  }
  context.globalAlpha = 1;
}

function strokeEdges(
  context: CanvasRenderingContext2D,
  { graph, layout: { x, y }, viewport: { k, x: left, y: top }, screen }: EdgePicture,
  edges: Int32Array,
  sign: 1 | -1,
): void {
  const { source, target, weight } = graph.edges;
  let curves = 0;
  for (const edge of edges) {
    if ((weight[edge] as number) < 0 !== sign < 0) continue;
    const from = source[edge] as number;
    const to = target[edge] as number;
    const x0 = (x[from] as number) * k + left;
    const y0 = (y[from] as number) * k + top;
    const x1 = (x[to] as number) * k + left;
    const y1 = (y[to] as number) * k + top;
    if (offScreen(x0, x1, screen.width) || offScreen(y0, y1, screen.height)) continue;
    if (Number.isNaN(x0 + x1)) continue;
    if (curves === 0) context.beginPath();
    const bend = edgeBend(y0, y1);
    context.moveTo(x0, y0);
    context.bezierCurveTo(x0, y0 - bend, x1, y1 + bend, x1, y1);
    if (++curves === PER_STROKE) {
      context.stroke();
      curves = 0;
    }
  }
  if (curves > 0) context.stroke();
}

function offScreen(a: number, b: number, size: number): boolean {
  return (a < 0 && b < 0) || (a > size && b > size);
}
