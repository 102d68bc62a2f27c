import type { InkedRamp, SourceKind } from '@loupe/shared';
import { inked, luminance, ramp } from '../../charts/colour-scale.ts';
import type { Colours } from '../../theme/colours.ts';

/** The scales of the tracks in one theme, each with the ink to write on it. */
export interface TracksPalette {
  colours: Colours;
  kinds: Record<SourceKind, InkedRamp>;
  /** Special tokens: outside every scale, so without a hue. */
  special: InkedRamp;
  /** Surprisal, which belongs to no part of the model: the text's own colour, thinned. */
  surprisal: InkedRamp;
  /** Probabilities of next tokens. */
  logit: InkedRamp;
}

const mixed = new WeakMap<Colours, TracksPalette>();

/** How much of the text's colour the greatest surprisal has. */
const MAX_GREY = 0.34;

/** The scales of the tracks, mixed once for each theme. */
export function tracksPalette(colours: Colours): TracksPalette {
  let palette = mixed.get(colours);
  if (!palette) {
    // Black rather than a dark grey: on strong colours nothing less can be read, and one ink is calmer.
    const preferred = [luminance(colours.text) > 0.5 ? colours.text : '#000000'];
    const scale = (colour: string) => inked(ramp(colours.panel, colour), preferred);
    const grey = ramp(colours.panel, colours.text, { most: MAX_GREY, power: 1 });
    palette = {
      colours,
      kinds: {
        attention: scale(colours.attention),
        mlp: scale(colours.mlp),
        residual: scale(colours.residual),
      },
      special: inked([colours.sunken], [colours.muted, colours.text]),
      surprisal: inked(grey, preferred),
      logit: scale(colours.logit),
    };
    mixed.set(colours, palette);
  }
  return palette;
}
