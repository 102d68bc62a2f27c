import type { AttributionGraph, ExportOptions } from '@loupe/shared';
import type { FontFace } from './font-face.ts';
import type { Fonts } from './fonts.ts';

/** A graph and its title as they can be drawn with the fonts that there are. */
export interface Drawable {
  graph: AttributionGraph;
  options: ExportOptions;
  /** The characters that no font has, which are written by their codes, `⟨u+65e5⟩`. */
  missing: string[];
  /** The faces that stand in for ours. */
  standIns: FontFace[];
}

/** What shows nothing of its own: spaces, controls, formats. */
const UNSEEN = /\s|\p{Cc}|\p{Cf}|\p{Cs}/u;
/** They choose a picture or another form of a letter, of which there is one here. */
const FORM = /\p{Variation_Selector}/gu;

/**
 * Writes by its code what no font can draw, in all texts of a graph that a figure shows, before it is
 * placed: codes are longer than characters.
 */
export function drawable(graph: AttributionGraph, options: ExportOptions, fonts: Fonts): Drawable {
  const missing = new Set<string>();
  const standIns = new Set<FontFace>();
  const write = (text: string) =>
    // Nearly all texts are plain, and of these nothing has to be looked up.
    /^[\x20-\x7e]*$/.test(text) ? text : drawn(text, fonts, missing, standIns);
  const { view } = graph;
  const shown: AttributionGraph = {
    ...graph,
    tokens: graph.tokens.map(write),
    nodes: graph.nodes.map((node) => ({
      ...node,
      label: write(node.label),
      ...(node.promotes !== undefined && { promotes: write(node.promotes) }),
    })),
    view: {
      ...view,
      labels: mapValues(view.labels, write),
      groups: view.groups.map((group) => ({ ...group, label: write(group.label) })),
      // Places of groups are kept under their labels.
      places: Object.fromEntries(
        Object.entries(view.places).map(([name, place]) => [write(name), place]),
      ),
    },
  };
  const { title } = options;
  return {
    graph: shown,
    options: title === undefined ? options : { ...options, title: write(title) },
    missing: [...missing],
    standIns: [...standIns],
  };
}

function drawn(text: string, fonts: Fonts, missing: Set<string>, standIns: Set<FontFace>): string {
  let written = '';
  for (const character of text.replace(FORM, '')) {
    const face = fonts.faceOf(character.codePointAt(0) as number, 'regular');
    if (face && fonts.ownName(face) === undefined) standIns.add(face);
    const isDrawn = face !== undefined || UNSEEN.test(character);
    if (!isDrawn) missing.add(character);
    written += isDrawn ? character : codeOf(character);
  }
  return written;
}

/** A character as it is written where it cannot be drawn, as unprintable ones are on the page. */
export function codeOf(character: string): string {
  return `⟨u+${(character.codePointAt(0) as number).toString(16).padStart(4, '0')}⟩`;
}

/** A text with the characters in place of their codes, as somebody who copies it wants them. */
export function undrawn(text: string, missing: readonly string[]): string {
  return missing.reduce((whole, character) => whole.replaceAll(codeOf(character), character), text);
}

function mapValues(texts: Record<string, string>, write: (text: string) => string) {
  return Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, write(text)]));
}
