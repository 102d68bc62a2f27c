import { pixelsAt } from '@loupe/shared';
import { useMemo } from 'react';
import { Minimap } from '../../charts/minimap.tsx';
import { useColours } from '../../theme/theme.ts';
import { graphAxis, influenceByPosition } from './graph-axis.ts';
import type { Scene } from './scene.ts';
import { MAX_ZOOM, type Size, type Viewport } from './viewport.ts';

/** Height of the strip with its margin. */
export const OVERVIEW_HEIGHT = 32;

interface GraphOverviewProps {
  scene: Scene;
  viewport: Viewport;
  screen: Size;
  moveTo: (viewport: Viewport) => void;
  /** Index of the chosen node. */
  chosen: number | undefined;
}

/** A long graph in one strip, how much passes through each token, and the window on it that is on screen. */
export function GraphOverview({ scene, viewport, screen, moveTo, chosen }: GraphOverviewProps) {
  const colours = useColours();
  const { graph } = scene;
  // By its root, as the marks: the last token would leave nothing of the others to be seen.
  const values = useMemo(() => influenceByPosition(scene).map(Math.sqrt), [scene]);
  const axis = graphAxis(scene, viewport, screen);
  const { k, y } = viewport;
  return (
    <Minimap
      controls={GRAPH_PLOT}
      axis={axis}
      scrollTo={(pixels) => moveTo({ k, x: -pixels, y })}
      frame={(from, to) => {
        const [left, right] = [pixelsAt(axis, from), pixelsAt(axis, to)];
        const scale = Math.min(screen.width / Math.max(right - left, 1), MAX_ZOOM / k);
        // What is in the middle, up and down, stays there.
        const middle = screen.height / 2;
        moveTo({ k: k * scale, x: -left * scale, y: middle - (middle - y) * scale });
      }}
      values={values}
      most={values.reduce((most, value) => Math.max(most, value), 0)}
      colour={colours.muted}
      selected={chosen === undefined ? -1 : (graph.nodes[chosen]?.position ?? -1)}
      width={screen.width}
    />
  );
}

/** Id of what the strip scrolls. */
export const GRAPH_PLOT = 'graph-plot';
