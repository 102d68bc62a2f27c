import {
  type GraphLayout,
  type GraphNode,
  MARK_PATHS,
  type MarkKind,
  NODE_MARKS,
} from '@loupe/shared';
import type { Colours } from '../../theme/colours.ts';
import { markScale, type Size, type Viewport } from './viewport.ts';

/** Side of the box that the outlines of marks are given in. */
export const MARK_BOX = 10;

/** Draws the marks of nodes, each kind in one stroke of the brush; for more of them than SVG can bear. */
export function drawNodes(
  context: CanvasRenderingContext2D,
  nodes: readonly GraphNode[],
  { shown, x, y, size: sizes }: GraphLayout,
  { k, x: left, y: top }: Viewport,
  screen: Size,
  colours: Colours,
): void {
  const paths = new Map<MarkKind, Path2D>();
  const outlines = new Map<MarkKind, Path2D>();
  for (const node of shown) {
    const { kind } = nodes[node] as GraphNode;
    const size = (sizes[node] as number) * markScale(k);
    const scale = size / MARK_BOX;
    const atX = (x[node] as number) * k + left;
    const atY = (y[node] as number) * k + top;
    if (atX < -size || atY < -size || atX > screen.width + size || atY > screen.height + size) {
      continue;
    }
    const mark = NODE_MARKS[kind];
    let path = paths.get(mark);
    let outline = outlines.get(mark);
    if (!path || !outline) {
      path = new Path2D();
      outline = new Path2D(MARK_PATHS[mark]);
      paths.set(mark, path);
      outlines.set(mark, outline);
    }
    path.addPath(outline, {
      a: scale,
      d: scale,
      e: atX - (scale * MARK_BOX) / 2,
      f: atY - (scale * MARK_BOX) / 2,
    });
  }
  for (const [mark, path] of paths) {
    context.fillStyle = colours[mark];
    context.fill(path);
  }
}
