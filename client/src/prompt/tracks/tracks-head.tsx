import { chartFileName, formatActivation } from '@loupe/shared';
import { ChartMenu } from '../../charts/chart-menu.tsx';
import { shadeOf } from '../../charts/colour-scale.ts';
import { KindMark } from '../../charts/kind-mark.tsx';
import { Minimap, type MinimapProps } from '../../charts/minimap.tsx';
import { RampLegend } from '../../charts/ramp-legend.tsx';
import type { AxisControls } from '../../charts/use-token-axis.ts';
import { useWidth } from '../../charts/use-width.ts';
import type { Run } from '../../stores/prompt/run.ts';
import { type Colouring, colouringFeature } from '../../stores/prompt/state.ts';
import { usePrompt } from '../../stores/prompt/store.ts';
import { Icon } from '../../ui/icon.tsx';
import { Menu, MenuChoice } from '../../ui/menu.tsx';
import { findFeature, shortName } from './feature-ref.ts';
import type { TokenShading } from './token-shade.ts';
import { tokensCsv, tokensJson } from './tracks-data.ts';
import type { TracksPalette } from './tracks-palette.ts';
import { tracksPicture } from './tracks-picture.ts';

interface TracksHeadProps {
  run: Run;
  controls: AxisControls;
  shading: TokenShading;
  selected: number;
  palette: TracksPalette;
  /** Id of the part of the tracks that the minimap scrolls. */
  tracksId: string;
  pinned: readonly string[];
}

function featureName(run: Run, id: string): string {
  const found = findFeature(run, id);
  const source = found && run.sources[found.source];
  return source && found ? shortName(source, found.feature) : id;
}

/** The line above the tracks: what colours the tokens, the minimap of a long prompt, the chart's menu. */
export function TracksHead(props: TracksHeadProps) {
  const { run, controls, shading, selected, palette, tracksId, pinned } = props;
  const { axis, zoom, setZoom } = controls;
  const colouring = usePrompt((state) => state.colouring);
  const setColouring = usePrompt((state) => state.setColouring);
  const shown = usePrompt(colouringFeature);
  const kind = shading.kind === 'surprisal' ? undefined : shading.kind;
  const scale = kind ? palette.kinds[kind] : palette.surprisal;
  const offered = colouring === 'surprisal' || pinned.includes(colouring) ? [] : [colouring];
  const choices: { value: Colouring; label: string }[] = [
    { value: 'surprisal', label: 'surprisal' },
    ...[...offered, ...pinned].map((id) => ({
      value: id as Colouring,
      label: `feature ${featureName(run, id)}`,
    })),
  ];
  const overflows = axis.content > axis.viewport;
  const zoomed = zoom !== 'read';
  const colour = kind ? palette.colours[kind] : shadeOf(palette.surprisal.fill, 0.8);

  return (
    <div className="tracks-head">
      <span className="track-label">coloured by</span>
      <Menu
        align="start"
        trigger={
          <button
            type="button"
            className="button small colouring"
            aria-label={`Tokens are coloured by ${kind && shown ? `feature ${featureName(run, shown)}` : 'surprisal'}`}
          >
            {kind && shown ? (
              <>
                <KindMark kind={kind} />
                {featureName(run, shown)}
              </>
            ) : (
              'surprisal'
            )}
            <Icon name="down" size={12} />
          </button>
        }
      >
        <MenuChoice value={colouring} onChange={setColouring} choices={choices} />
      </Menu>
      <div className="tracks-extent">
        <div className="track-note" data-beside={overflows || undefined}>
          <RampLegend
            ramp={scale.fill}
            from="0"
            to={kind ? formatActivation(shading.most) : `${shading.most.toFixed(1)} nats`}
          />
          {run.tokens.some((token) => token.special) && (
            <span className="track-aside">special tokens left out</span>
          )}
        </div>
        {overflows && (
          <Extent
            controls={tracksId}
            axis={axis}
            scrollTo={controls.scrollTo}
            frame={controls.frame}
            values={shading.values}
            most={shading.most}
            colour={colour}
            selected={selected}
          />
        )}
        {!controls.fits && (
          <button
            type="button"
            className="button small"
            aria-pressed={zoomed}
            title={zoomed ? 'Make every token readable' : 'Show as much of the prompt as fits'}
            onClick={() => setZoom(zoomed ? 'read' : 'fit')}
          >
            fit
          </button>
        )}
      </div>
      <ChartMenu
        label="Tracks"
        nameFile={(ending) => chartFileName(run, 'tracks', ending)}
        panel="tracks"
        json={() => tokensJson(run)}
        csv={() => tokensCsv(run)}
        picture={() => tracksPicture(run, ['surprisal', 'map', 'pinned', 'lens'], axis)}
      />
    </div>
  );
}

/** The minimap, as wide as there is room. */
function Extent(props: Omit<MinimapProps, 'width'>) {
  const [room, width] = useWidth<HTMLDivElement>();
  return (
    <div ref={room} className="tracks-minimap">
      <Minimap {...props} width={width} />
    </div>
  );
}
