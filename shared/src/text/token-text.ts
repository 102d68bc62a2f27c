import type { Token } from '../wire/activations.ts';

/**
 * A piece of a token as it is shown: plain text, a mark that stands for whitespace, a raw byte, or the
 * name of a special token.
 */
export interface TokenPart {
  kind: 'text' | 'mark' | 'byte' | 'special';
  text: string;
}

const MARKS: Record<string, string> = {
  ' ': '·',
  '\n': '↵',
  '\r': '␍',
  '\t': '⇥',
  '\u00a0': '⍽',
};

// Bytes that are not whole characters come as ⟨e2⟩; control and zero-width characters show nothing
// of their own, so they are shown by their code.
const PIECES = /⟨([0-9a-f]{2})⟩|([ \n\r\t\u00a0])|([\p{Cc}\p{Cf}\u2028\u2029])/gu;

/** Written out in a prompt it is several tokens, so that this text is always the special one. */
const END_OF_TEXT = '<|endoftext|>';

/** True for the text of the special token that begins a prompt as BOS, and ends a text inside it. */
export function isEndOfText(text: string): boolean {
  return text === END_OF_TEXT;
}

/** Splits the text of a token into what is shown of it; never trims and never leaves it empty. */
export function tokenParts(text: string): TokenPart[] {
  if (isEndOfText(text)) return [{ kind: 'special', text: 'EOT' }];
  const parts: TokenPart[] = [];
  let end = 0;
  for (const match of text.matchAll(PIECES)) {
    if (match.index > end) parts.push({ kind: 'text', text: text.slice(end, match.index) });
    const [whole, byte, space, hidden] = match;
    if (byte !== undefined) parts.push({ kind: 'byte', text: byte });
    else if (space !== undefined) parts.push({ kind: 'mark', text: MARKS[space] ?? space });
    else if (hidden !== undefined) parts.push({ kind: 'byte', text: codePoint(hidden) });
    end = match.index + whole.length;
  }
  if (end < text.length) parts.push({ kind: 'text', text: text.slice(end) });
  return parts.length > 0 ? parts : [{ kind: 'mark', text: '∅' }];
}

function codePoint(character: string): string {
  return `u+${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`;
}

/** The same on one line of plain text, for canvas, SVG and labels: `·store`, `↵`, `⟨e2⟩`. */
export function tokenLabel(text: string): string {
  return tokenParts(text)
    .map((part) => (part.kind === 'byte' ? `⟨${part.text}⟩` : part.text))
    .join('');
}

/** How a token of a prompt is named: special tokens by their part in it, others by their text. */
export function promptTokenLabel(token: Token): string {
  if (token.special) return specialLabel(token);
  return tokenLabel(token.text);
}

/** `BOS` where the token begins the prompt, `EOT` where it stands inside. */
export function specialLabel(token: Token): string {
  return token.position === 0 ? 'BOS' : 'EOT';
}

/** A token in words, for screen readers: marks would be read as odd signs or not at all. */
export function describeToken(token: Token): string {
  if (token.special) return token.position === 0 ? 'BOS, beginning of text' : 'EOT, end of text';
  return token.text
    .replaceAll('\n', ' newline ')
    .replaceAll('\t', ' tab ')
    .replace(/^ +$/, 'space')
    .replace(/⟨([0-9a-f]{2})⟩/g, ' byte $1 ')
    .trim();
}
