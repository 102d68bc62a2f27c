import type { ExportOptions } from '../charts/figure-options.ts';
import type { AttributionGraph } from '../graph/attribution-graph.ts';

/** Most bytes of the parts of a name, so that it stays within what file systems take, 255 mostly. */
const PROMPT_LENGTH = 60;
const TARGET_LENGTH = 20;
const VIEW_LENGTH = 24;
/** Tokens of a target that are named. */
const NAMED = 2;

/**
 * Name of a file that shows a prompt: `When-Mary-and-John_demo_map.svg`. Made of letters, digits, dashes
 * and underscores, which every system takes; at most 170 bytes and an ending.
 *
 * @param view what of the prompt it shows: `map`
 * @param ending `svg`
 */
export function chartFileName(
  { model, prompt }: { model: string; prompt: string },
  view: string,
  ending: string,
): string {
  return joined([promptPart(prompt), whole(model), whole(view)], prompt, ending);
}

/**
 * Name of a file that holds a graph: `When-Mary-and-John_Mary-not-John_demo_graph.svg`. Graphs of
 * different prompts, targets, models and modes have different names, and so have the views of one.
 */
export function graphFileName(
  graph: Pick<AttributionGraph, 'model' | 'prompt' | 'mode' | 'tokens' | 'nodes'>,
  ending: string,
  { what = 'graph' }: Pick<ExportOptions, 'what'> = {},
): string {
  const logits = graph.nodes.filter(({ kind }) => kind === 'logit');
  const at = logits[0]?.position ?? graph.tokens.length - 1;
  const isLast = at === graph.tokens.length - 1;
  const view = [
    what === 'pinned' ? 'pinned' : 'graph',
    ...(graph.mode === 'frozen' ? ['frozen'] : []),
    ...(isLast ? [] : [`at-${at}`]),
  ].join('-');
  const labels = logits.map(({ label }) => label);
  const parts = [promptPart(graph.prompt), targetPart(labels), whole(graph.model), whole(view)];
  // What was asked, not how likely it is: the same graph has the same name wherever it was computed.
  const asked = labels.map((label) => label.replace(/ \(p=[^)]*\)$/, ''));
  return joined(parts, JSON.stringify([graph.prompt, asked]), ending);
}

/** Words of a name, and whether they say all that they stand for. */
interface Part {
  words: string;
  isWhole: boolean;
}

function joined(parts: readonly Part[], full: string, ending: string): string {
  const names = parts.map(({ words }) => words).filter((words) => words !== '');
  // Where something had to be left out, names of different things could be the same.
  const mark = parts.every(({ isWhole }) => isWhole) ? '' : `_${hash(full)}`;
  return `${names.join('_') || 'loupe'}${mark}.${ending}`;
}

function whole(text: string): Part {
  return { words: cut(wordsOf(text), VIEW_LENGTH), isWhole: true };
}

/** Its beginning and its end, since prompts often share the one or the other. */
function promptPart(prompt: string): Part {
  const words = wordsOf(prompt);
  if (bytes(words) <= PROMPT_LENGTH) return { words, isWhole: words !== '' };
  const half = PROMPT_LENGTH / 2 - 1;
  const begin = cut(words, half).replace(/-[^-]*$/, '');
  const end = reversed(cut(reversed(words), half)).replace(/^[^-]*-/, '');
  return { words: trimmed(`${begin}--${end}`), isWhole: false };
}

/** `Mary`, `Mary-not-John`, or `Mary-and-9-more` of the labels of logits, `Output " Mary" (p=0.9)`. */
function targetPart(labels: readonly string[]): Part {
  const [first] = labels;
  if (first === undefined) return { words: '', isWhole: true };
  if (labels.length > 1) {
    const words = `${cut(tokensOf(first).words, TARGET_LENGTH)}-and-${labels.length - 1}-more`;
    return { words: trimmed(words), isWhole: false };
  }
  const [plus = '', minus] = first.split(' − ');
  const sides = [plus, ...(minus === undefined ? [] : [minus])].map(tokensOf);
  return {
    words: sides.map(({ words }) => cut(words, TARGET_LENGTH)).join('-not-'),
    isWhole: sides.every(({ words, isWhole }) => isWhole && bytes(words) <= TARGET_LENGTH),
  };
}

function tokensOf(side: string): Part {
  const quoted = side.match(/"(?:[^"\\]|\\.)*"/gu);
  const texts = (quoted ?? [side.replace(/^Output /, '')]).map(unquoted);
  const words = texts.slice(0, NAMED).map(wordsOf).join('-');
  // Most words of GPT-2 begin with their space; one without it is another token.
  const isWhole = texts.length <= NAMED && texts.every((text) => text === ` ${wordsOf(text)}`);
  return { words: trimmed(words), isWhole };
}

function unquoted(text: string): string {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'string' ? value : text;
  } catch {
    return text;
  }
}

/** Letters and digits of any script, with a dash for what is between; accents of Latin letters go. */
function wordsOf(text: string): string {
  const plain = text
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .normalize('NFC');
  return trimmed(plain.replace(/[^\p{L}\p{N}\p{M}]+/gu, '-'));
}

/** The first letters of a text, in as many bytes as there may be. */
function cut(text: string, length: number): string {
  let kept = '';
  let room = length;
  for (const letter of text) {
    room -= bytes(letter);
    if (room < 0) break;
    kept += letter;
  }
  return trimmed(kept);
}

/** Length in UTF-8. */
function bytes(text: string): number {
  let count = 0;
  for (const letter of text) {
    const code = letter.codePointAt(0) ?? 0;
    count += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return count;
}

function reversed(text: string): string {
  return [...text].reverse().join('');
}

function trimmed(text: string): string {
  return text.replace(/^-+|-+$/g, '');
}

/** Six characters that tell texts apart (FNV-1a, 32 bits). */
function hash(text: string): string {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) {
    value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  }
  return (value >>> 0).toString(36).padStart(6, '0').slice(-6);
}
