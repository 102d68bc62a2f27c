import type { Picture, TokenAxis } from '@loupe/shared';
import type { Run } from '../../stores/prompt/run.ts';
import { usePrompt } from '../../stores/prompt/store.ts';
import { COLOURS } from '../../theme/colours.ts';
import { useTheme } from '../../theme/theme.ts';
import { type TracksPart, tracksFigure } from './tracks-figure.ts';
import { tracksPalette } from './tracks-palette.ts';

/** Part of the tracks that are on screen as a picture of the whole prompt, in the colours in use. */
export function tracksPicture(run: Run, parts: readonly TracksPart[], axis: TokenAxis): Picture {
  const palette = tracksPalette(COLOURS[useTheme.getState().scheme]);
  return tracksFigure({ ...usePrompt.getState(), run, parts, axis, palette });
}
