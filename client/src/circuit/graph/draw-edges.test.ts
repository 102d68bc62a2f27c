import { drawnAtView, graphFigure, styleEdges } from '@loupe/shared';
import { expect, test } from 'vitest';
import { smallGraph } from '../../../../shared/src/graph/fixtures/small-graph.ts';
import { drawEdges } from './draw-edges.ts';

/** A canvas that keeps the curves that are stroked on it, with how. */
function recorder() {
  const strokes: {
    from: number[];
    curve: number[];
    width: number;
    colour: string;
    dash: boolean;
  }[] = [];
  let from: number[] = [];
  let dash: number[] = [];
  const canvas = {
    lineWidth: 0,
    strokeStyle: '',
    globalAlpha: 1,
    lineCap: 'butt',
    beginPath: () => undefined,
    stroke: () => undefined,
    setLineDash: (next: number[]) => {
      dash = next;
    },
    moveTo: (...point: number[]) => {
      from = point;
    },
    bezierCurveTo: (...curve: number[]) => {
      const { lineWidth: width, strokeStyle: colour } = canvas;
      strokes.push({ from, curve, width, colour, dash: dash.length > 0 });
    },
  };
  return { strokes, canvas };
}

test('the canvas has the curves of the exported figure: the same edges, widths, signs and bends', () => {
  const graph = smallGraph();
  graph.view = { ...graph.view, nodeThreshold: 1, edgeThreshold: 1 };
  const { parts } = drawnAtView(graph);
  const figure = graphFigure(graph, parts, { width: 480 });
  const marks = figure.items.flatMap((item) => (item.type === 'mark' ? item : []));
  // Where the figure has put the nodes, in its own points.
  const [x, y] = (['x', 'y'] as const).map((axis) =>
    Float64Array.from(
      graph.nodes,
      (_, index) => marks.find(({ node }) => node === index)?.[axis] ?? Number.NaN,
    ),
  ) as [Float64Array, Float64Array];
  const { strokes, canvas } = recorder();
  drawEdges(
    canvas as unknown as CanvasRenderingContext2D,
    {
      graph,
      layout: { x: Float32Array.from(x), y: Float32Array.from(y) },
      viewport: { k: 1, x: 0, y: 0 },
      screen: { width: 1000, height: 1000 },
      colours: { positive: 'positive', negative: 'negative' },
    },
    styleEdges(graph, parts.edges),
    { opacity: 1, width: 0.6 },
  );
  const curves = figure.items.flatMap((item) => (item.type === 'curve' ? item : []));
  expect(strokes).toHaveLength(curves.length);
  for (const { points, width, ink, dashed } of curves) {
    const [x0 = 0, y0 = 0, , , , , x1 = 0, y1 = 0] = points;
    const near = (a = 0, b = 0) => Math.abs(a - b) < 1e-3;
    const found = strokes.find(
      ({ from, curve }) =>
        near(from[0], x0) && near(from[1], y0) && near(curve[4], x1) && near(curve[5], y1),
    );
    expect(found).toMatchObject({ width: expect.closeTo(width, 6), colour: ink, dash: dashed });
  }
});

test('edges off the screen and of nodes that have no place are not stroked', () => {
  const graph = smallGraph();
  const { strokes, canvas } = recorder();
  const x = Float32Array.from(graph.nodes, (_, index) => (index === 7 ? Number.NaN : index * 100));
  drawEdges(
    canvas as unknown as CanvasRenderingContext2D,
    {
      graph,
      layout: { x, y: Float32Array.from(x, () => 5) },
      viewport: { k: 1, x: 0, y: 0 },
      screen: { width: 350, height: 10 },
      colours: { positive: 'positive', negative: 'negative' },
    },
    styleEdges(
      graph,
      graph.edges.weight.map((_, edge) => edge),
    ),
    { opacity: 1, width: 1 },
  );
  // 4→6 and 5→6 lie right of the screen, 6→7 and 2→7 have an end without a place.
  expect(strokes).toHaveLength(4);
});
