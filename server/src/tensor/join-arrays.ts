/** The values of some arrays as one. */
export function joinFloats(...parts: readonly Float32Array[]): Float32Array {
  return fill(new Float32Array(totalLength(parts)), parts);
}

/** The values of some arrays as one. */
export function joinInts(...parts: readonly Int32Array[]): Int32Array {
  return fill(new Int32Array(totalLength(parts)), parts);
}

function totalLength(parts: readonly { length: number }[]): number {
  return parts.reduce((length, part) => length + part.length, 0);
}

function fill<T extends Float32Array | Int32Array>(whole: T, parts: readonly T[]): T {
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}
