/** What a cell of a table may hold. */
export type CsvValue = string | number | boolean | null | undefined;

/** What tells Excel that a file is UTF-8; without it, it reads `é` as `Ã©`. */
const BYTE_ORDER_MARK = '\uFEFF';

/** Beginnings that make a spreadsheet run a text as a formula, in whatever file it came; wide forms too. */
const FORMULA = /^[=+\-@\t\r\n＝＋－＠]/;

/**
 * A table as CSV (RFC 4180): lines end in CR LF; texts that a spreadsheet would run as a formula begin
 * with `'`, numbers stay as they are. Every CSV that Loupe writes is written here.
 *
 * @param columns names of the columns
 * @param rows cells in the order of `columns`; null and undefined are empty
 */
export function formatCsv(columns: readonly string[], rows: Iterable<readonly CsvValue[]>): string {
  const lines = [columns.map(cell).join(',')];
  for (const row of rows) lines.push(row.map(cell).join(','));
  return `${lines.join('\r\n')}\r\n`;
}

/** The same as the contents of a file, which begins with the mark by which Excel knows UTF-8. */
export function csvFile(text: string): string {
  return BYTE_ORDER_MARK + text;
}

function cell(value: CsvValue): string {
  if (value === null || value === undefined) return '';
  if (typeof value !== 'string') return String(value);
  const harmless = FORMULA.test(value) ? `'${value}` : value;
  // Spaces at the ends are kept by all readers only between quotes, and most tokens begin with one.
  const quoted = /[",\r\n]/.test(harmless) || harmless.trim() !== harmless;
  return quoted ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
