import { memo, useCallback } from 'react';
import { shadeOf } from '../../charts/colour-scale.ts';
import type { TokenAxis } from '../../charts/token-axis.ts';
import { Term } from '../../ui/term.tsx';
import { drawBars } from './bars-draw.ts';
import type { OnHover } from './hover.ts';
import type { TokenShading } from './token-shade.ts';
import { TrackPlot } from './track-plot.tsx';
import { BARS } from './tracks-layout.ts';
import type { TracksPalette } from './tracks-palette.ts';

interface SurprisalTrackProps {
  axis: TokenAxis;
  shading: TokenShading;
  special: Uint8Array;
  palette: TracksPalette;
  onHover: OnHover;
  onChoose: (position: number) => void;
}

const oneDecimal = (value: number) => value.toFixed(1);

/** Surprisal of each token as bars, in nats. */
export const SurprisalTrack = memo(function SurprisalTrack(props: SurprisalTrackProps) {
  const { axis, shading, special, palette, onHover, onChoose } = props;
  const draw = useCallback(
    (context: CanvasRenderingContext2D) =>
      drawBars(context, {
        axis,
        values: shading.values,
        most: shading.most,
        height: BARS,
        colour: shadeOf(palette.surprisal.fill, 1),
        specialColour: palette.colours.line,
        line: palette.colours.line,
        ink: palette.colours.muted,
        special,
        text: oneDecimal,
      }),
    [axis, shading, special, palette],
  );
  return (
    <div className="track">
      <div className="track-label">
        <Term of="surprisal" />
        <small>
          <Term of="nats" />
        </small>
      </div>
      <TrackPlot
        track="bars"
        axis={axis}
        height={BARS}
        draw={draw}
        onHover={onHover}
        onChoose={onChoose}
      />
    </div>
  );
});
