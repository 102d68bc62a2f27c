import type { AttributionGraph } from '@loupe/shared';
import type { GraphLayout } from './layout.ts';
import type { Size, Viewport } from './viewport.ts';

/** How edges of one sign are drawn. */
export interface EdgeInk {
  colour: string;
  /** Opacity of the weakest and of the strongest edge, 0 to 1. */
  alpha: readonly [least: number, most: number];
  dashed: boolean;
  /** Width in pixels of the weakest and of the strongest edge. */
  width: readonly [least: number, most: number];
}

export interface EdgePicture {
  graph: Pick<AttributionGraph, 'edges'>;
  layout: Pick<GraphLayout, 'x' | 'y'>;
  viewport: Viewport;
  screen: Size;
  /** Weight that the widest edge has. */
  strongest: number;
}

/** Widths that are told apart: each takes a stroke of its own. */
const WIDTHS = 5;
/** Curves to a stroke: a path of very many takes longer to fill than several of fewer. */
const PER_STROKE = 200;
/** Dash and gap of the thinnest line; those of wider ones are longer. */
const DASH = [3, 2.5] as const;

/**
 * The largest |weight| of some edges, 1 where there is none. The bias, which can outweigh all else, is
 * left out: it is as wide as the widest.
 */
export function strongestOf(
  { nodes, edges }: Pick<AttributionGraph, 'nodes' | 'edges'>,
  some: Int32Array,
): number {
  let most = 0;
  for (const edge of some) {
    if (nodes[edges.source[edge] as number]?.kind === 'bias') continue;
    most = Math.max(most, Math.abs(edges.weight[edge] as number));
  }
  return most || 1;
}

/**
 * Draws edges as curves that leave upwards and arrive from below, as wide as they are strong. Edges of
 * one style are stroked together; those off the screen are left out.
 */
export function drawEdges(
  context: CanvasRenderingContext2D,
  { graph, layout, viewport, screen, strongest }: EdgePicture,
  drawn: Int32Array,
  sign: 1 | -1,
  { colour, alpha, dashed, width }: EdgeInk,
): void {
  const { source, target, weight } = graph.edges;
  const { x, y } = layout;
  const { k, x: left, y: top } = viewport;
  context.strokeStyle = colour;
  context.lineCap = 'butt';
  for (let step = 0; step < WIDTHS; step++) {
    const share = (step + 0.5) / WIDTHS;
    context.lineWidth = width[0] + (width[1] - width[0]) * share;
    context.globalAlpha = alpha[0] + (alpha[1] - alpha[0]) * share;
    context.setLineDash(dashed ? DASH.map((length) => length + context.lineWidth) : []);
    let curves = 0;
    for (const edge of drawn) {
      const value = weight[edge] as number;
      if (value * sign <= 0) continue;
      const size = Math.min(Math.floor((Math.abs(value) / strongest) * WIDTHS), WIDTHS - 1);
      if (size !== step) continue;
      const from = source[edge] as number;
      const to = target[edge] as number;
      const x0 = (x[from] as number) * k + left;
      const y0 = (y[from] as number) * k + top;
      const x1 = (x[to] as number) * k + left;
      const y1 = (y[to] as number) * k + top;
      if (offScreen(x0, x1, screen.width) || offScreen(y0, y1, screen.height)) continue;
      if (Number.isNaN(x0 + x1)) continue;
      if (curves === 0) context.beginPath();
      // Those of one row would lie on each other if they did not bend.
      const bend = Math.max(Math.abs(y0 - y1) * 0.5, 12);
      context.moveTo(x0, y0);
      context.bezierCurveTo(x0, y0 - bend, x1, y1 + bend, x1, y1);
      if (++curves === PER_STROKE) {
        context.stroke();
        curves = 0;
      }
    }
    if (curves > 0) context.stroke();
  }
  context.setLineDash([]);
  context.globalAlpha = 1;
}

function offScreen(a: number, b: number, size: number): boolean {
  return (a < 0 && b < 0) || (a > size && b > size);
}
