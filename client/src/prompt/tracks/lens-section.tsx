import { chartFileName } from '@loupe/shared';
import { ChartMenu } from '../../charts/chart-menu.tsx';
import { RampLegend } from '../../charts/ramp-legend.tsx';
import { Term } from '../../ui/term.tsx';
import { lensLayers } from './lens-layers.ts';
import { LensTrack, type LensTrackProps } from './lens-track.tsx';
import { TrackHead } from './track-head.tsx';
import { lensCsv, lensJson } from './tracks-data.ts';
import { tracksPicture } from './tracks-picture.ts';

/** The logit lens under its heading. */
export function LensSection(props: LensTrackProps) {
  const { run, axis, palette } = props;
  if (lensLayers(run) === 0) return null;
  return (
    <>
      <TrackHead
        title={<Term of="logitLens" />}
        note={
          <>
            <RampLegend ramp={palette.logit.fill} from="0" to="1" />
            <span className="track-aside">
              most probable next token after each layer, <span className="lens-corner" /> where it
              came true
            </span>
          </>
        }
      >
        {run.lens && (
          <ChartMenu
            label="Logit lens"
            nameFile={(ending) => chartFileName(run, 'lens', ending)}
            json={() => lensJson(run)}
            csv={() => lensCsv(run)}
            picture={() => tracksPicture(run, ['lens'], axis)}
          />
        )}
      </TrackHead>
      <LensTrack {...props} />
    </>
  );
}
