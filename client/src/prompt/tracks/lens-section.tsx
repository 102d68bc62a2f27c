import { chartFileName } from '@loupe/shared';
import { ChartMenu } from '../../charts/chart-menu.tsx';
import { RampLegend } from '../../charts/ramp-legend.tsx';
import { LensStave, type LensStaveProps, lensLayers } from './lens-stave.tsx';
import { lensCsv, lensJson } from './score-data.ts';
import { scorePicture } from './score-picture.ts';
import { StaveHead } from './stave-head.tsx';

/** The logit lens under its heading. */
export function LensSection(props: LensStaveProps) {
  const { run, ink } = props;
  if (lensLayers(run) === 0) return null;
  return (
    <>
      <StaveHead
        title="logit lens"
        note={
          <>
            <RampLegend ramp={ink.logit.fill} from="0" to="1" />
            <span className="stave-aside">
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
            svg={() => scorePicture(['lens'])}
          />
        )}
      </StaveHead>
      <LensStave {...props} />
    </>
  );
}
