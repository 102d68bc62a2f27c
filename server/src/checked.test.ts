import { Type } from 'typebox';
import { expect, test } from 'vitest';
import { checked, withoutNulls } from './checked.ts';

const Schema = Type.Object(
  {
    k: Type.Optional({ ...Type.Integer({ minimum: 1 }), expected: 'a whole number from 1' }),
    size: Type.Optional(Type.Integer()),
    inner: Type.Optional(
      Type.Object(
        { flag: Type.Optional({ ...Type.Boolean(), expected: 'true or false' }) },
        { additionalProperties: false, expected: 'an object with a flag' },
      ),
    ),
  },
  { additionalProperties: false },
);

function messageOf(json: unknown): string {
  try {
    checked(Schema, json, 'LOUPE_BAD_FILE', 'a.json');
  } catch (thrown) {
    return (thrown as Error).message;
  }
  return 'none';
}

test('what fits is given back', () => {
  const json = { k: 3, inner: { flag: true } };
  expect(checked(Schema, json, 'LOUPE_BAD_FILE', 'a.json')).toBe(json);
});

test.each([
  [{ k: 0 }, 'a.json: k is 0, where a whole number from 1 is expected.'],
  [{ k: '3' }, 'a.json: k is "3", where a whole number from 1 is expected.'],
  [{ inner: { flag: [] } }, 'a.json: inner.flag is a list, where true or false is expected.'],
  [{ inner: 7 }, 'a.json: inner is 7, where an object with a flag is expected.'],
  [{ inner: { flags: 1 } }, 'a.json: /inner/flags is no known field.'],
  [{ size: 'x' }, 'a.json: /size must be integer.'],
  [{ width: 1 }, 'a.json: /width is no known field.'],
  [null, 'a.json: it must be object.'],
])('%j is refused in words', (json, message) => {
  expect(messageOf(json)).toBe(message);
});

test('fields that are null are left out, and no nesting is too deep', () => {
  expect(withoutNulls({ a: null, b: { c: null, d: [null] } })).toEqual({ b: { d: [null] } });
  const deep = JSON.parse(`${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`);
  expect(withoutNulls(deep)).toHaveProperty('a.a.a');
});
