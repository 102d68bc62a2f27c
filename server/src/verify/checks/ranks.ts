/**
 * Scores of some heads, by name, and `rank <name>`: the place among all scores, 1 for the largest.
 *
 * @param scores of all heads
 */
export function ranks(
  scores: ReadonlyMap<string, number>,
  heads: readonly string[],
): Map<string, number> {
  const order = [...scores].sort(([, a], [, b]) => b - a).map(([name]) => name);
  return new Map(
    heads.flatMap((name) => {
      const score = scores.get(name);
      if (score === undefined) return [];
      return [
        [name, score],
        [`rank ${name}`, order.indexOf(name) + 1],
      ];
    }),
  );
}
