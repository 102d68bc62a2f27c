/**
 * Pairs the positions of two prompts: equal tokens in order, as many as can be (longest common
 * subsequence), and between them stretches of equal length position by position. So
 * "… John gave a drink" and "… Mary gave a drink" pair throughout, and a longer prompt pairs around
 * what was put in.
 *
 * @returns for each position of `a` that of `b`, or −1
 */
export function alignPositions(a: readonly string[], b: readonly string[]): Int32Array {
  const lengths = commonLengths(a, b);
  const width = b.length + 1;
  const paired = new Int32Array(a.length).fill(-1);
  let from = [0, 0] as [number, number];
  let i = 0;
  let j = 0;
  const pairStretch = () => {
    const [i0, j0] = from;
    if (i - i0 === j - j0) for (let k = 0; k < i - i0; k++) paired[i0 + k] = j0 + k;
  };
  while (i < a.length && j < b.length) {
    if (a[i] === b[j]) {
      pairStretch();
      paired[i++] = j++;
      from = [i, j];
    } else if ((lengths[(i + 1) * width + j] as number) >= (lengths[i * width + j + 1] as number)) {
      i++;
    } else {
      j++;
    }
  }
  i = a.length;
  j = b.length;
  pairStretch();
  return paired;
}

/** `[i, j]`: length of the longest common subsequence of `a` from `i` on and `b` from `j` on. */
function commonLengths(a: readonly string[], b: readonly string[]): Uint16Array {
  const width = b.length + 1;
  const lengths = new Uint16Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      lengths[i * width + j] =
        a[i] === b[j]
          ? (lengths[(i + 1) * width + j + 1] as number) + 1
          : Math.max(lengths[(i + 1) * width + j] as number, lengths[i * width + j + 1] as number);
    }
  }
  return lengths;
}
