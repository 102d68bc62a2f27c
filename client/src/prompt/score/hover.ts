/** The parts of the score that explain themselves under the pointer or with keyboard focus. */
export type StaveName = 'tokens' | 'bars' | 'map' | 'lens' | `pin:${string}`;

/** What is explained: a column of a stave and, in a grid, its row from the top. */
export interface Hover {
  stave: StaveName;
  position: number;
  row: number | null;
  /** The cell in CSS pixels of the window. */
  anchor: { x: number; y: number; width: number; height: number };
}

/** True when both are the same cell at the same place. */
export function sameHover(a: Hover | null, b: Hover | null): boolean {
  if (a === null || b === null) return a === b;
  return (
    a.stave === b.stave &&
    a.position === b.position &&
    a.row === b.row &&
    a.anchor.x === b.anchor.x &&
    a.anchor.y === b.anchor.y
  );
}
