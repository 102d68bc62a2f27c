import Table from 'cli-table3';

export type Cell = string | number;

/** A table for people; with a bold head only on a terminal where NO_COLOR is not set. */
export function table(
  head: readonly string[],
  rows: readonly (readonly Cell[])[],
  rightAligned: readonly number[] = [],
): string {
  const styled = process.stdout.isTTY && !process.env.NO_COLOR;
  const plain = new Table({
    head: [...head],
    colAligns: head.map((_, column) => (rightAligned.includes(column) ? 'right' : 'left')),
    chars: COMPACT,
    style: { head: styled ? ['bold'] : [], border: [], compact: true },
  });
  for (const row of rows) plain.push([...row]);
  return plain.toString();
}

/** Columns apart by blanks, and one line under the head. */
const COMPACT = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: ' ',
};
