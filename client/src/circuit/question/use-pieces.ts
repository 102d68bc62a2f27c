import { useEffect, useState } from 'react';
import { postTokens } from '../../api/resources.ts';

/** Milliseconds without a keystroke after which the server is asked. */
const PAUSE = 80;
/** Texts whose tokens are kept, so that nothing is asked twice. */
const MAX_KEPT = 500;

const known = new Map<string, readonly string[]>();

function keyOf(model: string, text: string): string {
  return `${model}\n${text}`;
}

/**
 * The tokens that a text is made of in a model.
 *
 * @throws LoupeError as the server's
 */
export async function piecesOf(
  model: string,
  text: string,
  signal?: AbortSignal,
): Promise<readonly string[]> {
  const key = keyOf(model, text);
  const before = known.get(key);
  if (before) return before;
  const pieces = (await postTokens(model, text, signal)).map((token) => token.text);
  if (known.size >= MAX_KEPT) known.clear();
  known.set(key, pieces);
  return pieces;
}

/** The tokens of each text; undefined of those of which that is not known, or not yet. */
export function usePieces(
  model: string,
  texts: readonly string[],
): (text: string) => readonly string[] | undefined {
  const [, setArrived] = useState(0);
  const asked = texts.join('\n');
  useEffect(() => {
    const unknown = asked
      .split('\n')
      .filter((text) => text !== '' && !known.has(keyOf(model, text)));
    if (model === '' || unknown.length === 0) return;
    const abort = new AbortController();
    const timer = setTimeout(() => {
      for (const text of unknown) {
        piecesOf(model, text, abort.signal)
          .then(() => setArrived((count) => count + 1))
          // It can be chosen then, and the answer to it says what is wrong.
          .catch(() => undefined);
      }
    }, PAUSE);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [model, asked]);
  return (text) => known.get(keyOf(model, text));
}
