import { chartFileName, type TokenAxis } from '@loupe/shared';
import { useEffect } from 'react';
import { ChartMenu } from '../../charts/chart-menu.tsx';
import type { Run } from '../../stores/prompt/run.ts';
import { MAX_PINS } from '../../stores/prompt/state.ts';
import { usePrompt } from '../../stores/prompt/store.ts';
import { findFeature } from './feature-ref.ts';
import type { OnHover } from './hover.ts';
import { PinnedTrack } from './pinned-track.tsx';
import { TrackHead } from './track-head.tsx';
import { pinnedCsv, pinnedJson } from './tracks-data.ts';
import type { TracksPalette } from './tracks-palette.ts';
import { tracksPicture } from './tracks-picture.ts';

interface PinnedSectionProps {
  run: Run;
  axis: TokenAxis;
  pinned: readonly string[];
  palette: TracksPalette;
  onHover: OnHover;
  onChoose: (position: number) => void;
}

/** The pinned features along the prompt, or a line that says how to pin one. */
export function PinnedSection({ pinned, ...rest }: PinnedSectionProps) {
  const requestFeatures = usePrompt((state) => state.requestFeatures);
  const clearPins = usePrompt((state) => state.clearPins);
  const { run } = rest;
  // Those of another model stay pinned, and are of no interest to this one's engine.
  useEffect(
    () => requestFeatures(pinned.filter((id) => findFeature(run, id))),
    [pinned, run, requestFeatures],
  );
  const none = pinned.length === 0;
  return (
    <>
      <TrackHead
        title="pinned features"
        note={
          none ? (
            <span>
              none yet: <kbd>P</kbd> on a feature in the list follows it along the prompt, up to{' '}
              {MAX_PINS} at once
            </span>
          ) : (
            'each to its own strongest activation'
          )
        }
      >
        {!none && (
          <>
            <button type="button" className="quiet-button" onClick={clearPins}>
              unpin all
            </button>
            <ChartMenu
              label="Pinned features"
              nameFile={(ending) => chartFileName(rest.run, 'pinned-features', ending)}
              json={() => pinnedJson(rest.run, pinned)}
              csv={() => pinnedCsv(rest.run, pinned)}
              picture={() => tracksPicture(run, ['pinned'], rest.axis)}
            />
          </>
        )}
      </TrackHead>
      {pinned.map((id) => (
        <PinnedTrack key={id} id={id} {...rest} />
      ))}
    </>
  );
}
