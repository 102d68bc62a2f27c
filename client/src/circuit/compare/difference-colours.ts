import { type Ramp, ramp, shadeOf } from '../../charts/colour-scale.ts';
import type { Colours, Scheme } from '../../theme/colours.ts';

/** Ends of ColorBrewer's PuOr, told apart by readers of any colour vision: less and more in the second. */
const ENDS: Record<Scheme, { less: string; more: string }> = {
  light: { less: '#542788', more: '#b35806' },
  dark: { less: '#b2abd2', more: '#fdb863' },
};

/** A two-sided scale that starts at the ground it stands on. */
export interface DifferenceScale {
  less: Ramp;
  more: Ramp;
}

/** The scale for a theme; bars and marks stand on the panel. */
export function differenceScale(
  scheme: Scheme,
  { panel }: Pick<Colours, 'panel'>,
): DifferenceScale {
  const { less, more } = ENDS[scheme];
  return { less: ramp(panel, less), more: ramp(panel, more) };
}

/** The colour of a difference from −1, all less in the second, to 1, all more. */
export function differenceColour({ less, more }: DifferenceScale, share: number): string {
  return shadeOf(share < 0 ? less : more, Math.abs(share));
}
