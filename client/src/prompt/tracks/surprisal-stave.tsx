import { memo, useCallback } from 'react';
import { shadeOf } from '../../charts/colour-scale.ts';
import type { TokenAxis } from '../../charts/token-axis.ts';
import { drawBars } from './bars-draw.ts';
import type { OnHover } from './hover.ts';
import type { ScoreInk } from './ink.ts';
import { BARS } from './score-layout.ts';
import { StavePlot } from './stave-plot.tsx';
import type { TokenShading } from './token-shade.ts';

interface SurprisalStaveProps {
  axis: TokenAxis;
  shading: TokenShading;
  special: Uint8Array;
  ink: ScoreInk;
  onHover: OnHover;
  onChoose: (position: number) => void;
}

const oneDecimal = (value: number) => value.toFixed(1);

/** Surprisal of each token as bars, in nats. */
export const SurprisalStave = memo(function SurprisalStave(props: SurprisalStaveProps) {
  const { axis, shading, special, ink, onHover, onChoose } = props;
  const draw = useCallback(
    (context: CanvasRenderingContext2D) =>
      drawBars(context, {
        axis,
        values: shading.values,
        most: shading.most,
        height: BARS,
        colour: shadeOf(ink.surprisal.fill, 1),
        specialColour: ink.colours.line,
        line: ink.colours.line,
        ink: ink.colours.muted,
        special,
        text: oneDecimal,
      }),
    [axis, shading, special, ink],
  );
  return (
    <div className="stave">
      <div className="stave-label">
        surprisal
        <small>nats</small>
      </div>
      <StavePlot
        stave="bars"
        axis={axis}
        height={BARS}
        draw={draw}
        onHover={onHover}
        onChoose={onChoose}
      />
    </div>
  );
});
