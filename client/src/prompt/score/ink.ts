import type { SourceKind } from '@loupe/shared';
import { type InkedRamp, inked, ramp } from '../../charts/colour-scale.ts';
import type { Colours } from '../../theme/colours.ts';

/** The scales of the score in one theme, each with the ink to write on it. */
export interface ScoreInk {
  colours: Colours;
  kinds: Record<SourceKind, InkedRamp>;
  /** Special tokens: outside every scale, so without a hue. */
  special: InkedRamp;
  /** Surprisal, which belongs to no part of the model: the text's own colour, thinned. */
  surprisal: InkedRamp;
  /** Probabilities of next tokens. */
  logit: InkedRamp;
}

const mixed = new WeakMap<Colours, ScoreInk>();

/** How much of the text's colour the greatest surprisal has. */
const MOST_GREY = 0.42;

/** The scales of the score, mixed once for each theme. */
export function scoreInk(colours: Colours): ScoreInk {
  let ink = mixed.get(colours);
  if (!ink) {
    const preferred = [colours.text, colours.panel];
    const scale = (colour: string, most?: number) =>
      inked(ramp(colours.panel, colour, most), preferred);
    ink = {
      colours,
      kinds: {
        attention: scale(colours.attention),
        mlp: scale(colours.mlp),
        residual: scale(colours.residual),
      },
      special: inked([colours.sunken], [colours.muted, colours.text]),
      surprisal: scale(colours.text, MOST_GREY),
      logit: scale(colours.logit),
    };
    mixed.set(colours, ink);
  }
  return ink;
}
