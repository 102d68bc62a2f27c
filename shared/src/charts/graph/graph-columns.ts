/** A token of the prompt, or several on end that have no nodes, folded into one. */
export interface GraphColumn {
  from: number;
  to: number;
  /** Positions of its first and its last token. */
  first: number;
  last: number;
  /** What stands under it: the token, or how many are folded, `⋯12`. */
  label: string;
}

/** How nodes of a cell and labels of columns stand. */
export interface Spacing {
  /** Of the distance of nodes, and of their marks, that they have on screen. */
  density: number;
  /** Whether the labels of tokens are turned, for want of room. */
  turned: boolean;
  /** A cell is so many times as wide as it is high, … */
  aspect: number;
  /** … but has so many nodes on a line where it has as many. */
  line: number;
}

/** As on screen, where a drawing may be wider than its panel. */
export const ROOMY: Spacing = { density: 1, turned: false, aspect: 3, line: 8 };

/** The best first; those at the end are for long prompts on narrow paper. */
export const SPACINGS: readonly Spacing[] = [1, 0.85, 0.7, 0.55].flatMap((density) =>
  [false, true].flatMap((turned) => [
    { density, turned, aspect: 3, line: 8 },
    { density, turned, aspect: 2, line: 5 },
    { density, turned, aspect: 1, line: 3 },
  ]),
);

/** Nodes on one line of a cell of so many. */
export function nodesPerLine(count: number, { aspect, line }: Spacing): number {
  return Math.min(count, Math.max(line, Math.ceil(Math.sqrt(count * aspect))));
}

/** A run of positions: one with nodes, or some on end without, folded if they are several. */
export interface Run {
  first: number;
  last: number;
}

/**
 * Runs of positions, those without nodes folded together where there are several on end.
 *
 * @param isUsed by position, whether any node stands there
 */
export function foldedRuns(isUsed: readonly boolean[]): Run[] {
  const runs: Run[] = [];
  for (const [position, used] of isUsed.entries()) {
    const before = runs.at(-1);
    if (before && !used && isUsed[before.last] === false) before.last = position;
    else runs.push({ first: position, last: position });
  }
  return runs;
}

/** Every position by itself. */
export function singleRuns(positions: number): Run[] {
  return Array.from({ length: positions }, (_, position) => ({ first: position, last: position }));
}

/** `⋯12` for twelve tokens folded, else the token. */
export function runLabel({ first, last }: Run, tokenOf: (position: number) => string): string {
  return last > first ? `⋯${last - first + 1}` : tokenOf(first);
}
