/** The parts of the tracks that explain themselves under the pointer or with keyboard focus. */
export type TrackName = 'tokens' | 'bars' | 'attention' | 'map' | 'lens' | `pin:${string}`;

/** What is explained: a column of a track and, in a grid, its row from the top. */
export interface Hover {
  track: TrackName;
  position: number;
  row: number | null;
  /** What the keyboard is on stays while the axis scrolls; what the pointer was over moves away. */
  by: 'pointer' | 'keyboard';
}

/** Takes what is to be explained, or null for nothing more. */
export type OnHover = (hover: Hover | null) => void;

/** True when both are of the same cell. */
export function sameCell(a: Hover, b: Hover): boolean {
  return a.track === b.track && a.position === b.position && a.row === b.row;
}

/** True when both explain the same cell for the same reason. */
export function sameHover(a: Hover | null, b: Hover | null): boolean {
  if (a === null || b === null) return a === b;
  return sameCell(a, b) && a.by === b.by;
}
