/**
 * Where each byte of a text's UTF-8 lies in the text: the UTF-16 range of the whole character that the
 * byte belongs to. A lone surrogate counts as U+FFFD, as which it is encoded.
 */
export interface ByteRanges {
  /** `[byte]` */
  start: Uint32Array;
  /** `[byte]`, one past the character's last unit. */
  end: Uint32Array;
}

/** @param byteLength of the text's UTF-8 */
export function byteRanges(text: string, byteLength: number): ByteRanges {
  const start = new Uint32Array(byteLength);
  const end = new Uint32Array(byteLength);
  let byte = 0;
  for (let unit = 0; unit < text.length; ) {
    const codePoint = text.codePointAt(unit) as number;
    const next = unit + (codePoint > 0xffff ? 2 : 1);
    const nextByte = byte + utf8Length(codePoint);
    start.fill(unit, byte, nextByte);
    end.fill(next, byte, nextByte);
    unit = next;
    byte = nextByte;
  }
  return { start, end };
}

function utf8Length(codePoint: number): number {
  if (codePoint < 0x80) return 1;
  if (codePoint < 0x800) return 2;
  return codePoint < 0x10000 ? 3 : 4;
}
