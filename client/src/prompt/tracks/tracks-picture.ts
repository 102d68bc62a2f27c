import { usePrompt } from '../../stores/prompt/store.ts';
import { COLOURS } from '../../theme/colours.ts';
import { useTheme } from '../../theme/theme.ts';
import { tracksPalette } from './tracks-palette.ts';
import { type TracksPart, tracksSvg } from './tracks-svg.ts';

/** Part of the tracks that are on screen as an SVG document, in the colours in use; empty without a run. */
export function tracksPicture(parts: readonly TracksPart[]): string {
  const { run, pinned, shade, features } = usePrompt.getState();
  if (!run) return '';
  const palette = tracksPalette(COLOURS[useTheme.getState().scheme]);
  return tracksSvg({ run, parts, pinned, shade, features, palette });
}
