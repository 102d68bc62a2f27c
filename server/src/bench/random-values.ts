/** Seed constants of the FNV-1a hash. */
const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/**
 * Values spread evenly around zero, the same for the same name whatever else has been drawn. Marsaglia's
 * xorshift128 (2003): some 400 million values a second in plain JavaScript.
 *
 * @param deviation standard deviation
 */
export function randomValues(name: string, count: number, deviation: number): Float32Array {
  let [x, y, z, w] = seeds(name);
  const scale = (deviation * Math.sqrt(3)) / 2 ** 31;
  const values = new Float32Array(count);
  for (let i = 0; i < count; i++) {
    const t = x ^ (x << 11);
    x = y;
    y = z;
    z = w;
    w = w ^ (w >>> 19) ^ t ^ (t >>> 8);
    values[i] = w * scale;
  }
  return values;
}

/** Token ids, the same for the same name. */
export function randomTokens(name: string, count: number, vocabulary: number): number[] {
  const spread = randomValues(name, count, 1 / Math.sqrt(12));
  return Array.from(spread, (value) =>
    Math.min(vocabulary - 1, Math.floor((value + 0.5) * vocabulary)),
  );
}

/** Four words, not all zero, from FNV-1a hashes of the name. */
function seeds(name: string): [number, number, number, number] {
  const hash = (salt: number): number => {
    let value = FNV_OFFSET ^ salt;
    for (const character of name) {
      value = Math.imul(value ^ (character.codePointAt(0) as number), FNV_PRIME);
    }
    return Math.imul(value ^ (value >>> 16), 0x85ebca6b) | 1;
  };
  return [hash(1), hash(2), hash(3), hash(4)];
}
