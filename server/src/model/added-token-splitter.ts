import type { AddedToken } from './added-tokens.ts';

/** A stretch of a text, in UTF-16 units: an added token, or what lies between such. */
export interface TextPiece {
  start: number;
  end: number;
  /** Id of the added token; undefined for other text. */
  added: number | undefined;
}

/** A tree of the tokens' UTF-16 units. */
interface Branch {
  token?: AddedToken;
  next?: Map<number, Branch>;
}

/**
 * Finds added tokens in texts as Hugging Face's Rust library does (`AddedVocabulary::find_matches`):
 * from left to right, the longest first, those that are not normalised before those that are. Takes time
 * in proportion to the text.
 */
export class AddedTokenSplitter {
  readonly #passes: readonly Branch[];

  constructor(added: readonly AddedToken[]) {
    const passes = [
      added.filter((each) => !each.normalized),
      added.filter((each) => each.normalized),
    ];
    this.#passes = passes.filter((tokens) => tokens.length > 0).map(treeOf);
  }

  /** The pieces of a text, none of them empty, which cover it. */
  split(text: string): TextPiece[] {
    let pieces: TextPiece[] = text === '' ? [] : [{ start: 0, end: text.length, added: undefined }];
    for (const tree of this.#passes) {
      pieces = pieces.flatMap((piece) =>
        piece.added === undefined ? splitPiece(text, piece, tree) : [piece],
      );
    }
    return pieces;
  }
}

function splitPiece(text: string, { start, end }: TextPiece, tree: Branch): TextPiece[] {
  const pieces: TextPiece[] = [];
  let done = start;
  for (let at = start; at < end; ) {
    const token = longestAt(text, at, end, tree);
    if (token === undefined) {
      at++;
      continue;
    }
    let from = at;
    let to = at + token.content.length;
    at = to;
    if (token.singleWord && (endsWord(text, start, from) || startsWord(text, to, end))) continue;
    if (token.lstrip) while (from > done && isWhite(text, from - 1)) from--;
    if (token.rstrip) while (to < end && isWhite(text, to)) to++;
    if (from > done) pieces.push({ start: done, end: from, added: undefined });
    pieces.push({ start: from, end: to, added: token.id });
    done = to;
  }
  if (done < end) pieces.push({ start: done, end, added: undefined });
  return pieces;
}

function treeOf(tokens: readonly AddedToken[]): Branch {
  const root: Branch = {};
  for (const token of tokens) {
    let branch = root;
    for (let i = 0; i < token.content.length; i++) {
      branch.next ??= new Map();
      const unit = token.content.charCodeAt(i);
      const grown = branch.next.get(unit) ?? {};
      branch.next.set(unit, grown);
      branch = grown;
    }
    branch.token = token;
  }
  return root;
}

function longestAt(text: string, at: number, end: number, tree: Branch): AddedToken | undefined {
  let longest: AddedToken | undefined;
  let branch: Branch | undefined = tree;
  for (let i = at; i < end; i++) {
    branch = branch.next?.get(text.charCodeAt(i));
    if (branch === undefined) break;
    longest = branch.token ?? longest;
  }
  return longest;
}

// Rust's `\w` and `\s`. White space is never a pair of units.
const WORD = /^[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}]$/u;
const WHITE = /^\p{White_Space}$/u;

function isWhite(text: string, unit: number): boolean {
  return WHITE.test(text[unit] as string);
}

function startsWord(text: string, at: number, end: number): boolean {
  return at < end && WORD.test(String.fromCodePoint(text.codePointAt(at) as number));
}

function endsWord(text: string, start: number, at: number): boolean {
  if (at <= start) return false;
  const pair = at - start > 1 && /[\udc00-\udfff]/.test(text[at - 1] as string);
  return WORD.test(text.slice(at - (pair ? 2 : 1), at));
}
