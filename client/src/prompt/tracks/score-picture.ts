import { usePrompt } from '../../stores/prompt/store.ts';
import { COLOURS } from '../../theme/colours.ts';
import { useTheme } from '../../theme/theme.ts';
import { scoreInk } from './ink.ts';
import { type ScorePart, scoreSvg } from './score-svg.ts';

/** Part of the score that is on screen as an SVG document, in the colours in use; empty without a run. */
export function scorePicture(parts: readonly ScorePart[]): string {
  const { run, pinned, shade, features } = usePrompt.getState();
  if (!run) return '';
  const ink = scoreInk(COLOURS[useTheme.getState().scheme]);
  return scoreSvg({ run, parts, pinned, shade, features, ink });
}
