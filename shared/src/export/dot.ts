import type { ExportOptions } from '../charts/figure-options.ts';
import type { AttributionGraph } from '../graph/attribution-graph.ts';
import { formatNumber } from '../labels/format-number.ts';
import { FIGURE_COLOURS } from '../scene/palette.ts';
import { diagramOf } from './diagram.ts';
import { escaped, SHAPES, statement } from './dot-language.ts';
import { wholeGraphToDot } from './whole-graph-dot.ts';

/**
 * A graph in the language of Graphviz. A pinned circuit is placed by Graphviz, arrows upwards, weights
 * on them; a whole graph stands as it does in our own pictures.
 */
export function graphToDot(graph: AttributionGraph, options: ExportOptions = {}): string {
  if (options.what !== 'pinned') return wholeGraphToDot(graph, options);
  const { title, boxes, arrows } = diagramOf(graph, options);
  const colours = FIGURE_COLOURS[options.theme ?? 'light'];
  const most = Math.abs(arrows[0]?.weight ?? 1) || 1;
  const lines = boxes.map(({ title, detail, mark, isGroup }, at) =>
    statement(`n${at}`, {
      label: `${escaped(title)}\\n${escaped(detail)}`,
      shape: mark === undefined ? 'box' : SHAPES[mark],
      color: mark === undefined ? colours.muted : colours[mark],
      ...(isGroup && { peripheries: '2' }),
    }),
  );
  for (const { source, target, weight } of arrows) {
    lines.push(
      statement(`n${source} -> n${target}`, {
        label: formatNumber(weight),
        penwidth: (0.4 + 3 * Math.sqrt(Math.abs(weight) / most)).toFixed(2),
        color: weight < 0 ? colours.negative : colours.positive,
        ...(weight < 0 && { style: 'dashed' }),
      }),
    );
  }
  const defaults = `fontname=Helvetica fontsize=10 fontcolor="${colours.text}"`;
  return `digraph loupe {
  graph [rankdir=BT bgcolor="${colours.paper}" label="${escaped(title)}" labelloc=t ${defaults}];
  node [fillcolor="${colours.paper}" style=filled ${defaults}];
  edge [${defaults}];
${lines.map((line) => `  ${line}`).join('\n')}
}
`;
}
