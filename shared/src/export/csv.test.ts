import { expect, test } from 'vitest';
import { csvFile, formatCsv } from './csv.ts';

test('cells are as RFC 4180 has them, and numbers as they are', () => {
  expect(
    formatCsv(
      ['a', 'b, c', '=d'],
      [
        ['x', -1.5, true],
        [' the', null, undefined],
        ['say "hi"', 'two\nlines', 1e-7],
      ],
    ),
  ).toBe('a,"b, c",\'=d\r\nx,-1.5,true\r\n" the",,\r\n"say ""hi""","two\nlines",1e-7\r\n');
});

test.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '\n', '＝1', '－1'])(
  'the text %j does nothing in a spreadsheet',
  (text) => {
    const [, cell = ''] = formatCsv(['text'], [[text]]).split(/text\r\n/);
    expect(cell.replace(/^"/, '')).toMatch(/^'/);
  },
);

test('a file begins with the mark by which Excel knows UTF-8', () => {
  expect(csvFile(formatCsv(['token'], [['é']]))).toBe('\uFEFFtoken\r\né\r\n');
});
