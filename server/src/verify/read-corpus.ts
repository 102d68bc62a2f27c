import { LoupeError } from '@loupe/shared';
import type { Tokenizer } from '../model/tokenizer.ts';
import { readTextFile } from '../weights/text-file.ts';

/**
 * Rows of token ids from a file: either JSON lines, an array of token ids each, taken as they are; or
 * plain text, cut into rows of `length` tokens with BOS first where the model has one, the last one left out if it is shorter.
 *
 * @throws LoupeError `LOUPE_BAD_FILE` for a file that cannot be read or holds no whole row,
 *   `LOUPE_TOKEN_OUT_OF_RANGE`
 */
export function readCorpus(
  file: string,
  tokenizer: Tokenizer,
  { vocabulary, context }: { vocabulary: number; context: number },
  length = 128,
): Int32Array[] {
  const text = readTextFile(file);
  const rows = text.trimStart().startsWith('[')
    ? rowsOfJson(text, file)
    : rowsOfText(text, tokenizer, Math.min(length, context));
  if (rows.length === 0) {
    throw new LoupeError('LOUPE_BAD_FILE', `${file} holds no row of ${length} tokens.`);
  }
  for (const [i, row] of rows.entries()) {
    const outside = row.find((id) => id >= vocabulary);
    if (outside !== undefined) {
      throw new LoupeError(
        'LOUPE_TOKEN_OUT_OF_RANGE',
        `${file}, row ${i + 1}: token id ${outside} is not in the vocabulary, which ends at ${vocabulary - 1}.`,
      );
    }
    if (row.length > context) {
      throw new LoupeError(
        'LOUPE_PROMPT_TOO_LONG',
        `${file}, row ${i + 1} has ${row.length} tokens; this model takes ${context}.`,
      );
    }
  }
  return rows;
}

function rowsOfText(text: string, tokenizer: Tokenizer, length: number): Int32Array[] {
  const ids = tokenizer.encode(text);
  const each = length - tokenizer.withBos([]).length;
  return Array.from({ length: Math.floor(ids.length / each) }, (_, r) =>
    Int32Array.from(tokenizer.withBos(ids.slice(r * each, (r + 1) * each))),
  );
}

function rowsOfJson(text: string, file: string): Int32Array[] {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return lines.map((line, i) => {
    const row = parse(line);
    const valid =
      Array.isArray(row) && row.length > 1 && row.every((id) => Number.isInteger(id) && id >= 0);
    if (valid) return Int32Array.from(row as number[]);
    throw new LoupeError(
      'LOUPE_BAD_FILE',
      `${file}, line ${i + 1} is not an array of two or more token ids.`,
    );
  });
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
