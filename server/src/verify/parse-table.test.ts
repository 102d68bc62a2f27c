import { expect, test } from 'vitest';
import { parseTable } from './parse-table.ts';
import { chooseChecks, readTable } from './read-table.ts';

const source = { repository: 'a/b', file: 'c.py', place: 'line 1', evidence: 'read' };
const check = {
  id: 'one',
  title: 'One',
  kind: 'loss',
  parameters: { input: { prompt: 'Hi' } },
  expect: [{ of: 'loss', value: 1, tolerance: { absolute: 1, why: 'rough' } }],
  source,
};
const table = (...checks: unknown[]) => ({ model: 'demo', about: '', checks });

test('a good table comes back as it is', () => {
  expect(parseTable(table(check), 'x.json')).toEqual(table(check));
});

test.each([
  ['not an object', 3, /x\.json is not a valid acceptance table/],
  ['no source', table({ ...check, source: undefined }), /\/checks\/0/],
  ['unknown evidence', table({ ...check, source: { ...source, evidence: 'rumour' } }), /evidence/],
  [
    'an unknown kind',
    table({ ...check, kind: 'magic' }),
    /no kind of check "magic"; known are greedy/,
  ],
  ['other parameters', table({ ...check, parameters: { text: 'Hi' } }), /check "one": parameters/],
  ['two of one id', table(check, check), /two of this id/],
  [
    'no tolerance',
    table({ ...check, expect: [{ of: 'loss', value: 1 }] }),
    /"loss" has no tolerance/,
  ],
])('%s is refused', (_, json, message) => {
  expect(() => parseTable(json, 'x.json')).toThrow(
    expect.objectContaining({ code: 'LOUPE_BAD_FILE', message: expect.stringMatching(message) }),
  );
});

test.each(['demo', 'gpt2-small'])('the table of %s is valid, and about that model', (model) => {
  expect(readTable(model).model).toBe(model);
});

test('a model without a table is told which have one', () => {
  expect(() => readTable('gpt5')).toThrow(
    expect.objectContaining({
      code: 'LOUPE_NOT_FOUND',
      message: expect.stringContaining('demo and gpt2-small'),
    }),
  );
});

test('checks are chosen by how their id begins', () => {
  const parsed = parseTable(
    table(check, { ...check, id: 'two.a' }, { ...check, id: 'two.b' }),
    'x',
  );
  expect(chooseChecks(parsed, ['two']).map(({ id }) => id)).toEqual(['two.a', 'two.b']);
  expect(chooseChecks(parsed, [])).toHaveLength(3);
  expect(() => chooseChecks(parsed, ['three'])).toThrow(
    /No check begins with "three".*one, two\.a/,
  );
});
