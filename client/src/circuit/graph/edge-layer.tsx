import { useCallback, useMemo } from 'react';
import { TrackCanvas } from '../../charts/track-canvas.tsx';
import { useColours, useTheme } from '../../theme/theme.ts';
import { drawEdges, strongestOf } from './draw-edges.ts';
import { drawNodes } from './draw-nodes.ts';
import { inksOf, MAX_FAINT, MAX_SVG, type Scene } from './scene.ts';
import { edgesOf, strongestEdges } from './strength.ts';
import type { Size, Viewport } from './viewport.ts';

interface LayerProps {
  scene: Scene;
  viewport: Viewport;
  screen: Size;
}

/** The strongest edges, faintly, and the nodes where they are too many for SVG. */
export function EdgeLayer({ scene, viewport, screen, chosen }: LayerProps & { chosen: boolean }) {
  const colours = useColours();
  const scheme = useTheme((state) => state.scheme);
  const { graph, pruning, layout } = scene;
  const edges = useMemo(() => strongestEdges(graph, pruning, MAX_FAINT), [graph, pruning]);
  const strongest = useMemo(() => strongestOf(graph, edges), [graph, edges]);
  const draw = useCallback(
    (context: CanvasRenderingContext2D) => {
      drawBands(context, scene, viewport, screen, colours.line);
      const picture = { graph, layout, viewport, screen, strongest };
      const { plus, minus } = inksOf(scheme, edges.length, chosen).faint;
      drawEdges(context, picture, edges, 1, plus);
      drawEdges(context, picture, edges, -1, minus);
      if (layout.shown.length > MAX_SVG) {
        drawNodes(context, graph.nodes, layout, viewport, screen, colours);
      }
    },
    [scene, graph, layout, viewport, screen, strongest, edges, colours, scheme, chosen],
  );
  return <TrackCanvas width={screen.width} height={screen.height} draw={draw} />;
}

/** Thin lines between the columns of tokens and the rows of layers. */
function drawBands(
  context: CanvasRenderingContext2D,
  { layout }: Scene,
  { k, x, y }: Viewport,
  { width, height }: Size,
  colour: string,
): void {
  context.fillStyle = colour;
  for (const { to } of layout.rows) context.fillRect(0, Math.round(to * k + y), width, 1);
  let last = Number.NEGATIVE_INFINITY;
  for (const { from } of layout.columns) {
    const at = Math.round(from * k + x);
    // Lines closer than this would be a grey wall.
    if (at - last < 8) continue;
    last = at;
    context.fillRect(at, 0, 1, height);
  }
}

interface HighlightProps extends LayerProps {
  /** Index of the chosen node and of the one under the pointer or with focus. */
  chosen: number | undefined;
  hovered: number | undefined;
}

/** The edges of the chosen and of the hovered node, over all others. */
export function HighlightLayer({ scene, viewport, screen, chosen, hovered }: HighlightProps) {
  const scheme = useTheme((state) => state.scheme);
  const { graph, pruning, layout } = scene;
  const edges = useCallback(
    (node: number | undefined) =>
      node === undefined ? new Int32Array() : edgesOf(graph, pruning, node),
    [graph, pruning],
  );
  const ofChosen = useMemo(() => edges(chosen), [edges, chosen]);
  const ofHovered = useMemo(
    () => (hovered === chosen ? new Int32Array() : edges(hovered)),
    [edges, hovered, chosen],
  );
  const draw = useCallback(
    (context: CanvasRenderingContext2D) => {
      const inks = inksOf(scheme, 0, true);
      for (const [drawn, ink] of [
        [ofHovered, inks.hovered],
        [ofChosen, inks.chosen],
      ] as const) {
        const strongest = strongestOf(graph, drawn);
        const picture = { graph, layout, viewport, screen, strongest };
        drawEdges(context, picture, drawn, 1, ink.plus);
        drawEdges(context, picture, drawn, -1, ink.minus);
      }
    },
    [graph, layout, viewport, screen, scheme, ofChosen, ofHovered],
  );
  return <TrackCanvas width={screen.width} height={screen.height} draw={draw} />;
}
