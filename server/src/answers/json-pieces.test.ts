import fc from 'fast-check';
import { expect, test } from 'vitest';
import { jsonPieces } from './json-pieces.ts';

function whole(value: unknown): string {
  return Buffer.concat([...jsonPieces(value)]).toString();
}

test('plain data has the JSON that it has', () => {
  const plain = fc.jsonValue();
  fc.assert(fc.property(plain, (value) => whole(value) === JSON.stringify(value)));
});

test('text is whole wherever a piece ends', () => {
  const value = Array.from({ length: 9000 }, (_, i) => `é🥤\ud800 "${i}" \u2028`);
  expect(whole(value)).toBe(JSON.stringify(value));
});

test('typed arrays are arrays, and numbers that JSON lacks are null', () => {
  const value = { ids: Int32Array.of(1, -2), x: Float32Array.of(0.5, Number.NaN), none: [] };
  expect(whole(value)).toBe('{"ids":[1,-2],"x":[0.5,null],"none":[]}');
});

test('what is undefined is left out', () => {
  expect(whole({ a: undefined, b: 1, c: { d: undefined } })).toBe('{"b":1,"c":{}}');
});

test('a large answer comes in pieces of bounded size', () => {
  const value = { activation: new Float32Array(500_000).fill(0.1), tokens: Array(9000).fill({}) };
  const pieces = [...jsonPieces(value)];
  expect(Math.max(...pieces.map(({ length }) => length))).toBeLessThan(256 * 1024);
  expect(JSON.parse(Buffer.concat(pieces).toString()).activation).toHaveLength(500_000);
});
