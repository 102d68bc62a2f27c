import { visible } from '../labels/visible.ts';
import type { MarkKind } from '../scene/mark-kinds.ts';

/** Graphviz's shapes for our marks. */
export const SHAPES: Record<MarkKind, string> = {
  attention: 'box',
  mlp: 'ellipse',
  residual: 'triangle',
  embedding: 'diamond',
  error: 'octagon',
  logit: 'hexagon',
  bias: 'triangle',
};

/** A node or an edge with its attributes. */
export function statement(subject: string, attributes: Record<string, string>): string {
  const list = Object.entries(attributes).map(([name, value]) => `${name}="${value}"`);
  return `${subject} [${list.join(' ')}];`;
}

/** Text inside quotes. Graphviz reads backslashes and HTML entities in labels. */
export function escaped(text: string): string {
  return visible(text)
    .replaceAll('\\', '\\\\')
    .replaceAll('"', '\\"')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replace(/[\u{10000}-\u{10ffff}]/gu, (character) => `&#${character.codePointAt(0)};`);
}
