import type { Fonts } from './fonts.ts';

/** What pictures are drawn with. */
export interface Rendering {
  /** Default those of the system. */
  fonts?: Fonts;
  /** Told which characters no font has; they are written by their codes, `⟨u+65e5⟩`. */
  onMissing?: (characters: readonly string[]) => void;
}
