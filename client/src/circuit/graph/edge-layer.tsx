import { FIGURE_COLOURS, styleEdges } from '@loupe/shared';
import { useCallback, useMemo } from 'react';
import { TrackCanvas } from '../../charts/track-canvas.tsx';
import { useColours, useTheme } from '../../theme/theme.ts';
import { drawEdges } from './draw-edges.ts';
import { drawNodes } from './draw-nodes.ts';
import { edgesOf } from './edges-of.ts';
import { EMPHASIS, MAX_SVG, type Scene } from './scene.ts';
import type { Size, Viewport } from './viewport.ts';

interface LayerProps {
  scene: Scene;
  viewport: Viewport;
  screen: Size;
}

/** The edges of the picture, and the nodes where they are too many for SVG. */
export function EdgeLayer({ scene, viewport, screen, chosen }: LayerProps & { chosen: boolean }) {
  const colours = useColours();
  const scheme = useTheme((state) => state.scheme);
  const { graph, layout } = scene;
  const draw = useCallback(
    (context: CanvasRenderingContext2D) => {
      drawBands(context, scene, viewport, screen, colours.line);
      const picture = { graph, layout, viewport, screen, colours: FIGURE_COLOURS[scheme] };
      drawEdges(context, picture, layout.edges, chosen ? EMPHASIS.behind : EMPHASIS.plain);
      if (layout.shown.length > MAX_SVG) {
        drawNodes(context, graph.nodes, layout, viewport, screen, colours);
      }
    },
    [scene, graph, layout, viewport, screen, colours, scheme, chosen],
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

const NO_EDGES = new Int32Array();

/** The edges of the chosen and of the hovered node, over all others. */
export function HighlightLayer({ scene, viewport, screen, chosen, hovered }: HighlightProps) {
  const scheme = useTheme((state) => state.scheme);
  const { graph, pruning, layout } = scene;
  const edges = useCallback(
    (node: number | undefined) => ({
      ...styleEdges(graph, node === undefined ? NO_EDGES : edgesOf(graph, pruning, node)),
      fade: 1,
    }),
    [graph, pruning],
  );
  const ofChosen = useMemo(() => edges(chosen), [edges, chosen]);
  const ofHovered = useMemo(
    () => edges(hovered === chosen ? undefined : hovered),
    [edges, hovered, chosen],
  );
  const draw = useCallback(
    (context: CanvasRenderingContext2D) => {
      const picture = { graph, layout, viewport, screen, colours: FIGURE_COLOURS[scheme] };
      drawEdges(context, picture, ofHovered, EMPHASIS.hovered);
      drawEdges(context, picture, ofChosen, EMPHASIS.chosen);
    },
    [graph, layout, viewport, screen, scheme, ofChosen, ofHovered],
  );
  return <TrackCanvas width={screen.width} height={screen.height} draw={draw} />;
}
