import { fitText, type GraphView, MARK_PATHS, NODE_MARKS, nodeName, visible } from '@loupe/shared';
import { memo } from 'react';
import { face, MONO } from '../../charts/faces.ts';
import { textWidth } from '../../charts/text-width.ts';
import { useFaces } from '../../charts/use-faces.ts';
import { MARK_BOX } from './draw-nodes.ts';
import { placeNames } from './place-names.ts';
import { MAX_SVG, type Scene } from './scene.ts';
import { markSize } from './viewport.ts';

/** As big-graph.css has it. */
const NAME_FACE = face(11, MONO, 600);
/** Pixels of a name that the reader has given, beyond which it is cut. */
const MAX_NAME = 150;

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
        const scale = markSize(k, node.kind) / MARK_BOX;
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
  const { graph, layout } = scene;
  return (
    <g>
      {rings.map(({ node, kind }) => {
        const x = (layout.x[node] as number) * k;
        const y = (layout.y[node] as number) * k;
        if (Number.isNaN(x)) return null;
        const radius = markSize(k, graph.nodes[node]?.kind) / 2;
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
  named: readonly number[];
  /** What the reader calls nodes. */
  labels: GraphView['labels'];
}

/** The names of a few nodes, beside them, as the reader has given them or else as they are. */
export function NodeNames({ scene, k, named, labels }: NodeNamesProps) {
  useFaces();
  const measure = textWidth(NAME_FACE);
  const { graph, layout } = scene;
  const shown = named.flatMap((index) => {
    const node = graph.nodes[index];
    const x = (layout.x[index] as number) * k;
    const y = (layout.y[index] as number) * k;
    if (!node || Number.isNaN(x)) return [];
    const radius = markSize(k, node.kind) / 2;
    const given = Object.hasOwn(labels, node.id) ? visible(labels[node.id] as string) : '';
    const name = given === '' ? nodeName(node, graph) : fitText(given, MAX_NAME, measure);
    return [{ node: index, name, x, y, radius }];
  });
  return (
    <g className="node-names">
      {placeNames(shown, measure, layout.width * k).map(({ node, name, x, y }) => (
        <text key={node} x={x} y={y} textAnchor="middle">
          {name}
        </text>
      ))}
    </g>
  );
}
