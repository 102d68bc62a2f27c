import { type AttributionGraph, layoutGraph } from '@loupe/shared';
import { useMemo } from 'react';
import { textWidth } from '../../charts/text-width.ts';
import { useFaces } from '../../charts/use-faces.ts';
import { useDrawnParts, usePruning } from '../use-pruning.ts';
import { GRAPH_FACE } from './axes.tsx';
import type { Scene } from './scene.ts';
import { homeZoom, type Size } from './viewport.ts';

/** The graph laid out for a panel of this size. */
export function useScene(graph: AttributionGraph, { width, height }: Size): Scene {
  const pruning = usePruning();
  const parts = useDrawnParts();
  const faces = useFaces();
  const { labels } = graph.view;
  // biome-ignore lint/correctness/useExhaustiveDependencies: of the view only labels change the layout, and faces that arrive
  return useMemo(() => {
    const layout = layoutGraph(graph, parts, {
      width,
      // A drawing that is shown smaller than it is has so much more room.
      stretchTo: (natural) => {
        const k = homeZoom(natural, { width, height });
        return { width: width / k, height: height / k };
      },
      isTight: false,
      measure: textWidth(GRAPH_FACE),
    });
    return { graph, pruning, parts, layout };
  }, [graph.edges, labels, pruning, parts, width, height, faces]);
}
