import type { TokenAxis } from '@loupe/shared';
import type { Scene } from './scene.ts';
import { MIN_ACROSS, type Size, type Viewport } from './viewport.ts';

/** True for graphs that do not fit their panel at a size that can be read, whatever its height. */
export function needsOverview({ layout }: Scene, screen: Size): boolean {
  return layout.naturalWidth * MIN_ACROSS > screen.width && screen.width > 0;
}

/** Where each token stands in the graph on screen; those that are folded share the room of their fold. */
export function graphAxis(
  { layout, graph }: Pick<Scene, 'layout' | 'graph'>,
  { k, x }: Viewport,
  screen: Size,
): TokenAxis {
  const edges = new Float64Array(graph.tokens.length + 1);
  for (const { from, to, first, last } of layout.columns) {
    const each = (to - from) / (last - first + 1);
    for (let at = first; at <= last; at++) edges[at] = (from + each * (at - first)) * k;
  }
  edges[graph.tokens.length] = layout.width * k;
  return {
    count: graph.tokens.length,
    edges,
    content: layout.width * k,
    viewport: screen.width,
    scroll: -x,
    runs: 'across',
  };
}

/** Influence of the nodes at each token, which the strip draws. */
export function influenceByPosition({
  graph,
  parts,
  layout,
}: Pick<Scene, 'graph' | 'parts' | 'layout'>): Float64Array {
  const sums = new Float64Array(graph.tokens.length);
  for (const node of layout.shown) {
    const position = graph.nodes[node]?.position ?? 0;
    sums[position] = (sums[position] ?? 0) + (parts.influence[node] as number);
  }
  return sums;
}
