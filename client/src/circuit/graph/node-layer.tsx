import { type AttributionGraph, MARK_PATHS, NODE_MARKS, placeNames } from '@loupe/shared';
import { memo, useMemo } from 'react';
import { textWidth } from '../../charts/text-width.ts';
import { useFaces } from '../../charts/use-faces.ts';
import { GRAPH_FACE } from './axes.tsx';
import { MARK_BOX } from './draw-nodes.ts';
import { MAX_SVG, type Scene } from './scene.ts';
import { markScale } from './viewport.ts';

interface MarksProps {
  scene: Scene;
  /** Zoom; moving the drawing changes nothing here. */
  k: number;
}

/** The marks of the nodes, up to as many as SVG can bear. */
export const NodeMarks = memo(function NodeMarks({ scene, k }: MarksProps) {
  const { graph, layout } = scene;
  if (layout.shown.length > MAX_SVG) return null;
  return (
    <g>
      {Array.from(layout.shown, (index) => {
        const node = graph.nodes[index];
        if (!node) return null;
        const x = (layout.x[index] as number) * k;
        const y = (layout.y[index] as number) * k;
        const mark = NODE_MARKS[node.kind];
        const scale = ((layout.size[index] as number) * markScale(k)) / MARK_BOX;
        return (
          <path
            key={node.id}
            d={MARK_PATHS[mark]}
            fill={`var(--${mark})`}
            transform={`translate(${x - (scale * MARK_BOX) / 2} ${y - (scale * MARK_BOX) / 2}) scale(${scale})`}
          />
        );
      })}
    </g>
  );
});

export type RingKind = 'chosen' | 'hovered' | 'focused' | 'pinned' | 'marked';

interface RingsProps extends MarksProps {
  rings: readonly { node: number; kind: RingKind }[];
}

/** Rings about the nodes that are chosen, pinned, marked for a group, or under pointer or focus. */
export function NodeRings({ scene, k, rings }: RingsProps) {
  const { layout } = scene;
  return (
    <g>
      {rings.map(({ node, kind }) => {
        const x = (layout.x[node] as number) * k;
        const y = (layout.y[node] as number) * k;
        if (Number.isNaN(x)) return null;
        const radius = ((layout.size[node] as number) * markScale(k)) / 2;
        return (
          <circle
            key={`${kind} ${node}`}
            className="node-ring"
            data-ring={kind}
            cx={x}
            cy={y}
            r={radius + (kind === 'pinned' || kind === 'marked' ? 3 : 5)}
          />
        );
      })}
    </g>
  );
}

interface NodeNamesProps extends MarksProps {
  /** The graph with the reader's view, which says what is named. */
  graph: AttributionGraph;
}

/** The names of the nodes that count most, and of those that the reader holds on to. */
export function NodeNames({ scene, k, graph }: NodeNamesProps) {
  const faces = useFaces();
  const { parts, layout } = scene;
  const { labels, pinned, clicked } = graph.view;
  // biome-ignore lint/correctness/useExhaustiveDependencies: what of the view matters, and faces that arrive
  const names = useMemo(() => {
    const scale = { zoom: k, markScale: markScale(k) };
    return placeNames(graph, parts, layout, textWidth(GRAPH_FACE), scale);
  }, [graph.edges, labels, pinned, clicked, parts, layout, k, faces]);
  return (
    <g className="node-names">
      {names.map(({ node, text, x, y }) => (
        <text key={node} x={x} y={y} textAnchor="middle">
          {text}
        </text>
      ))}
    </g>
  );
}
