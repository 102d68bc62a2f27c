import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BYTE_SYMBOLS, bytesOfEntry, readableBytes } from './tokenizer-bytes.ts';

// The same examples every time: a failure then says something about the code.
fc.configureGlobal({ seed: 20 });

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);

test("the alphabet is GPT-2's", () => {
  expect(new Set(BYTE_SYMBOLS).size).toBe(256);
  expect(BYTE_SYMBOLS[0x00]).toBe('Ā');
  expect(BYTE_SYMBOLS[0x0a]).toBe('Ċ');
  expect(BYTE_SYMBOLS[0x20]).toBe('Ġ');
  expect(BYTE_SYMBOLS[0x21]).toBe('!');
  expect(BYTE_SYMBOLS[0x7f]).toBe('ġ');
  expect(BYTE_SYMBOLS[0xad]).toBe('Ń');
  expect(BYTE_SYMBOLS[0xff]).toBe('ÿ');
});

test('entries stand for bytes, added ones for their own text', () => {
  expect(bytesOfEntry('Ġcaf')).toEqual(bytes(0x20, 0x63, 0x61, 0x66));
  expect(bytesOfEntry('two words')).toEqual(new TextEncoder().encode('two words'));
});

test.each([
  [bytes(0x20, 0xe2, 0x80), ' ⟨e2⟩⟨80⟩'],
  [bytes(0x99, 0x73), '⟨99⟩s'],
  [bytes(0xc3, 0xa9), 'é'],
  [bytes(0xf0, 0x9f, 0x8d, 0x8e), '🍎'],
  [bytes(0xef, 0xbf, 0xbd), '\ufffd'],
  [bytes(0xef, 0xbb, 0xbf, 0x41), '\ufeffA'],
  [bytes(0xc0, 0xaf), '⟨c0⟩⟨af⟩'],
  [bytes(0xe0, 0x80, 0x80), '⟨e0⟩⟨80⟩⟨80⟩'],
  [bytes(0xed, 0xa0, 0x80), '⟨ed⟩⟨a0⟩⟨80⟩'],
  [bytes(0xf4, 0x90, 0x80, 0x80), '⟨f4⟩⟨90⟩⟨80⟩⟨80⟩'],
  [bytes(0xff, 0x0a, 0x00), '⟨ff⟩\n\0'],
  [bytes(), ''],
])('%j reads %j', (given, expected) => {
  expect(readableBytes(given)).toBe(expected);
});

test('well-formed text reads as itself', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(readableBytes(new TextEncoder().encode(text))).toBe(text);
    }),
  );
});

test('every byte is shown, whole or not', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (given) => {
      fc.pre(!new TextDecoder().decode(given).includes('⟨'));
      const shown = readableBytes(given);
      const back = [...shown.matchAll(/⟨([0-9a-f]{2})⟩|[^⟨]/gu)].flatMap(([text, hex]) =>
        hex === undefined ? [...new TextEncoder().encode(text)] : [Number.parseInt(hex, 16)],
      );
      expect(back).toEqual([...given]);
    }),
  );
});
