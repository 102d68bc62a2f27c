import type { TokenAxis } from '@loupe/shared';
import { memo, useMemo } from 'react';
import type { Run } from '../../stores/prompt/run.ts';
import { Term } from '../../ui/term.tsx';
import type { OnHover } from './hover.ts';
import { TrackPlot } from './track-plot.tsx';
import { surprisalScene } from './track-scenes.ts';
import type { TracksPalette } from './tracks-palette.ts';

interface SurprisalTrackProps {
  run: Run;
  axis: TokenAxis;
  palette: TracksPalette;
  onHover: OnHover;
  onChoose: (position: number) => void;
}

/** Surprisal of each token as bars, in nats. */
export const SurprisalTrack = memo(function SurprisalTrack(props: SurprisalTrackProps) {
  const { run, axis, palette, onHover, onChoose } = props;
  const scene = useMemo(() => surprisalScene(run, axis, palette), [run, axis, palette]);
  return (
    <div className="track">
      <div className="track-label">
        <Term of="surprisal" />
        <small>
          <Term of="nats" />
        </small>
      </div>
      <TrackPlot track="bars" scene={scene} onHover={onHover} onChoose={onChoose} />
    </div>
  );
});
