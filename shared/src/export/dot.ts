import type { ExportOptions } from '../figure/figure-options.ts';
import type { MarkKind } from '../figure/marks.ts';
import { FIGURE_COLOURS } from '../figure/theme.ts';
import type { AttributionGraph } from '../graph/attribution-graph.ts';
import { formatNumber } from '../labels/format-number.ts';
import { visible } from '../labels/visible.ts';
import { diagramOf } from './diagram.ts';

const SHAPES: Record<MarkKind, string> = {
  attention: 'box',
  mlp: 'ellipse',
  residual: 'triangle',
  embedding: 'diamond',
  error: 'octagon',
  logit: 'hexagon',
  bias: 'triangle',
};

/** A graph in the language of Graphviz, arrows upwards, weights on them. */
export function graphToDot(graph: AttributionGraph, options: ExportOptions = {}): string {
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

function statement(subject: string, attributes: Record<string, string>): string {
  const list = Object.entries(attributes).map(([name, value]) => `${name}="${value}"`);
  return `${subject} [${list.join(' ')}];`;
}

/** Text inside quotes. Graphviz reads backslashes and HTML entities in labels. */
function escaped(text: string): string {
  return visible(text)
    .replaceAll('\\', '\\\\')
    .replaceAll('"', '\\"')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replace(/[\u{10000}-\u{10ffff}]/gu, (character) => `&#${character.codePointAt(0)};`);
}
