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
import type { ScoreInk } from './ink.ts';
import { tokensCsv, tokensJson } from './score-data.ts';
import { scorePicture } from './score-picture.ts';
import type { TokenShading } from './token-shade.ts';

interface ScoreHeadProps {
  run: Run;
  controls: AxisControls;
  shading: TokenShading;
  selected: number;
  ink: ScoreInk;
  /** Id of the part of the score that the minimap scrolls. */
  scoreId: string;
  pinned: readonly string[];
}

function featureName(run: Run, id: string): string {
  const found = findFeature(run, id);
  const source = found && run.sources[found.source];
  return source && found ? shortName(source, found.feature) : id;
}

/** The line above the staves: what colours the tokens, the minimap of a long prompt, the chart's menu. */
export function ScoreHead(props: ScoreHeadProps) {
  const { run, controls, shading, selected, ink, scoreId, pinned } = props;
  const { axis, zoom, setZoom } = controls;
  const colouring = usePrompt((state) => state.colouring);
  const setColouring = usePrompt((state) => state.setColouring);
  const shown = usePrompt(colouringFeature);
  const kind = shading.kind === 'surprisal' ? undefined : shading.kind;
  const scale = kind ? ink.kinds[kind] : ink.surprisal;
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
  const colour = kind ? ink.colours[kind] : shadeOf(ink.surprisal.fill, 0.8);

  return (
    <div className="score-head">
      <span className="stave-label">coloured by</span>
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
      <div className="score-extent">
        <div className="stave-note" data-beside={overflows || undefined}>
          <RampLegend
            ramp={scale.fill}
            from="0"
            to={kind ? formatActivation(shading.most) : `${shading.most.toFixed(1)} nats`}
          />
          {run.tokens.some((token) => token.special) && (
            <span className="stave-aside">special tokens left out</span>
          )}
        </div>
        {overflows && (
          <Extent
            controls={scoreId}
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
        label="Score"
        nameFile={(ending) => chartFileName(run, 'score', ending)}
        panel="score"
        json={() => tokensJson(run)}
        csv={() => tokensCsv(run)}
        svg={() => scorePicture(['surprisal', 'map', 'pinned', 'lens'])}
      />
    </div>
  );
}

/** The minimap, as wide as there is room. */
function Extent(props: Omit<MinimapProps, 'width'>) {
  const [room, width] = useWidth<HTMLDivElement>();
  return (
    <div ref={room} className="score-minimap">
      <Minimap {...props} width={width} />
    </div>
  );
}
