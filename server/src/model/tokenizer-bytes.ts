const decoder = new TextDecoder();
const encoder = new TextEncoder();

/** GPT-2's byte alphabet: at each byte's index, the printable character that stands for it in files. */
export const BYTE_SYMBOLS: readonly string[] = byteSymbols();

const SYMBOL_BYTES: ReadonlyMap<string, number> = new Map(
  BYTE_SYMBOLS.map((symbol, byte) => [symbol, byte]),
);

/** Bytes that printable characters of Latin-1 stand for themselves; the others follow from U+0100 on. */
function byteSymbols(): string[] {
  const standsForItself = (byte: number) =>
    (byte > 0x20 && byte < 0x7f) || (byte > 0xa0 && byte !== 0xad);
  let next = 0x100;
  return Array.from({ length: 256 }, (_, byte) =>
    String.fromCharCode(standsForItself(byte) ? byte : next++),
  );
}

/**
 * The bytes that a vocabulary entry stands for. An entry outside the byte alphabet, which only an
 * added token can be, stands for its own UTF-8.
 */
export function bytesOfEntry(entry: string): Uint8Array {
  const bytes = new Uint8Array(entry.length);
  for (let i = 0; i < entry.length; i++) {
    const byte = SYMBOL_BYTES.get(entry[i] as string);
    if (byte === undefined) return encoder.encode(entry);
    bytes[i] = byte;
  }
  return bytes;
}

/** Bytes as text: whole UTF-8 characters as they are, every other byte as `⟨e2⟩`. */
export function readableBytes(bytes: Uint8Array): string {
  let text = '';
  let plain = 0; // start of the run of whole characters that ends at `i`
  let i = 0;
  while (i < bytes.length) {
    const length = characterLength(bytes, i);
    if (length > 0) {
      i += length;
      continue;
    }
    text += decode(bytes, plain, i);
    text += `⟨${(bytes[i] as number).toString(16).padStart(2, '0')}⟩`;
    i++;
    plain = i;
  }
  return text + decode(bytes, plain, i);
}

function decode(bytes: Uint8Array, from: number, to: number): string {
  // The decoder would drop a byte order mark that stands first.
  const hasMark = bytes[from] === 0xef && bytes[from + 1] === 0xbb && bytes[from + 2] === 0xbf;
  return (hasMark ? '\ufeff' : '') + decoder.decode(bytes.subarray(from, to));
}

/** Length in bytes of the whole, well-formed UTF-8 character at `i`; 0 if there is none. */
function characterLength(bytes: Uint8Array, i: number): number {
  const lead = bytes[i] as number;
  const second = bytes[i + 1] ?? 0;
  if (lead < 0x80) return 1;
  // The second byte's range is narrower where overlong forms, surrogates and numbers past
  // U+10FFFF would begin (Unicode Standard, table 3-7).
  const least = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
  const most = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
  if (lead < 0xc2 || lead > 0xf4 || second < least || second > most) return 0;
  const length = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  for (let j = 2; j < length; j++) {
    if (((bytes[i + j] ?? 0) & 0xc0) !== 0x80) return 0;
  }
  return length;
}
