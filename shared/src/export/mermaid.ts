import type { ExportOptions } from '../charts/figure-options.ts';
import type { AttributionGraph } from '../graph/attribution-graph.ts';
import { formatNumber } from '../labels/format-number.ts';
import { visible } from '../labels/visible.ts';
import { FIGURE_COLOURS } from '../scene/palette.ts';
import { type DiagramBox, diagramOf } from './diagram.ts';

/** Mermaid draws no chart with more, nor one of more than 50,000 characters. */
const MAX_ARROWS = 400;

/** Widths of lines, from this share of the strongest on. */
const LINE_WIDTHS: [share: number, pixels: number][] = [
  [0.5, 4],
  [0.2, 2.5],
  [0.05, 1.5],
  [0, 1],
];

/** A graph as a flow chart of Mermaid, arrows upwards; at most its 400 strongest effects. */
export function graphToMermaid(graph: AttributionGraph, options: ExportOptions = {}): string {
  const { title, boxes, arrows } = diagramOf(graph, options);
  const colours = FIGURE_COLOURS[options.theme ?? 'light'];
  const drawn = arrows.slice(0, MAX_ARROWS);
  const joined = new Set(drawn.flatMap(({ source, target }) => [source, target]));
  const complete = drawn.length === arrows.length;
  const lines = ['---', `title: ${JSON.stringify(escaped(title))}`, '---', 'flowchart BT'];
  if (!complete) lines.push(`%% the strongest ${MAX_ARROWS} of ${arrows.length} effects`);
  for (const [at, box] of boxes.entries()) {
    if (!complete && !joined.has(at)) continue;
    lines.push(`n${at}${shaped(box)}:::${box.mark ?? 'mixed'}`);
  }
  for (const { source, target, weight } of drawn) {
    lines.push(`n${source} ${weight < 0 ? '-.->' : '-->'}|"${formatNumber(weight)}"| n${target}`);
  }
  const most = Math.abs(drawn[0]?.weight ?? 1) || 1;
  const widthOf = (weight: number) =>
    LINE_WIDTHS.find(([share]) => Math.abs(weight) / most >= share)?.[1];
  for (const [, pixels] of LINE_WIDTHS) {
    const of = [...drawn.keys()].filter((at) => widthOf(drawn[at]?.weight ?? 0) === pixels);
    if (of.length > 0) lines.push(`linkStyle ${of.join(',')} stroke-width:${pixels}px`);
  }
  for (const mark of new Set(boxes.map((box) => box.mark))) {
    const colour = mark === undefined ? colours.muted : colours[mark];
    lines.push(
      `classDef ${mark ?? 'mixed'} fill:${colours.paper},stroke:${colour},color:${colours.text}`,
    );
  }
  return `${lines.join('\n')}\n`;
}

/** The box in the brackets of its kind. */
function shaped({ title, detail, mark, isGroup }: DiagramBox): string {
  const text = `"${escaped(title)}<br/>${escaped(detail)}"`;
  if (isGroup) return `[[${text}]]`;
  switch (mark) {
    case 'mlp':
      return `([${text}])`;
    case 'embedding':
      return `{${text}}`;
    case 'logit':
      return `{{${text}}}`;
    case 'error':
      return `>${text}]`;
    default:
      return `[${text}]`;
  }
}

/** Everything but letters, digits and a few harmless signs as Mermaid's own entities. */
function escaped(text: string): string {
  return visible(text).replace(
    /[^\p{L}\p{M}\p{N} .,:/_+()·−-]/gu,
    (character) => `#${character.codePointAt(0)};`,
  );
}
