import { chartFileName, formatActivation, formatCount } from '@loupe/shared';
import { memo, useMemo } from 'react';
import { ChartMenu } from '../../charts/chart-menu.tsx';
import { KindMark } from '../../charts/kind-mark.tsx';
import { RampLegend } from '../../charts/ramp-legend.tsx';
import type { Shade } from '../../stores/prompt/state.ts';
import { usePrompt } from '../../stores/prompt/store.ts';
import { Icon } from '../../ui/icon.tsx';
import { Menu, MenuChoice } from '../../ui/menu.tsx';
import { type MapShading, mapShading } from './map-shade.ts';
import { sourceSummary } from './map-words.ts';
import { SHADE_WORDS } from './shade-words.ts';
import { SourceMap, type SourceMapProps } from './source-map.tsx';
import { TrackHead } from './track-head.tsx';
import { mapCsv, mapJson } from './tracks-data.ts';
import { tracksPicture } from './tracks-picture.ts';

const SHADES = Object.entries(SHADE_WORDS) as [Shade, string][];

/** The map of sources under its heading, with the choice of what shades it. */
export function MapSection(props: Omit<SourceMapProps, 'shading'>) {
  const { run, axis, palette } = props;
  const shade = usePrompt((state) => state.shade);
  const setShade = usePrompt((state) => state.setShade);
  const shading = useMemo(() => mapShading(run, shade), [run, shade]);
  return (
    <>
      <TrackHead
        title="active features"
        note={<MapLegend run={run} shading={shading} shade={shade} palette={palette} />}
      >
        <Menu
          trigger={
            <button type="button" className="quiet-button">
              shade: {SHADE_WORDS[shade]}
              <Icon name="down" size={12} />
            </button>
          }
        >
          <MenuChoice
            value={shade}
            onChange={setShade}
            choices={SHADES.map(([value, label]) => ({ value, label }))}
          />
        </Menu>
        <ChartMenu
          label="Map of sources"
          nameFile={(ending) => chartFileName(run, 'map', ending)}
          json={() => mapJson(run)}
          csv={() => mapCsv(run)}
          picture={() => tracksPicture(run, ['surprisal', 'map'], axis)}
        />
      </TrackHead>
      <SourceMap {...props} shading={shading} />
      <MapInWords run={run} />
    </>
  );
}

function MapLegend(
  props: Pick<SourceMapProps, 'run' | 'palette'> & { shading: MapShading; shade: Shade },
) {
  const { run, palette, shading, shade } = props;
  const kinds = [...new Set(run.sources.map(({ kind }) => kind))];
  const text = shade === 'count' ? formatCount : formatActivation;
  return (
    <>
      {kinds.map(
        (kind) =>
          shading.most[kind] > 0 && (
            <RampLegend
              key={kind}
              ramp={palette.kinds[kind].fill}
              from="0"
              to={text(shading.most[kind])}
            >
              <KindMark kind={kind} />
            </RampLegend>
          ),
      )}
      {shade !== 'count' && <span className="track-aside">number: active features</span>}
      {run.tokens.some((token) => token.special) && (
        <span className="track-aside">special tokens left out</span>
      )}
    </>
  );
}

/** The map as a table for screen readers: each source over the whole prompt. */
const MapInWords = memo(function MapInWords({ run }: Pick<SourceMapProps, 'run'>) {
  if (run.status === 'streaming') return null;
  return (
    <table className="hidden-text">
      <caption>Sources over the whole prompt, special tokens left out</caption>
      <thead>
        <tr>
          <th scope="col">source</th>
          <th scope="col">mean active features</th>
          <th scope="col">strongest</th>
        </tr>
      </thead>
      <tbody>
        {run.sources.map((source, index) => {
          const { label, meanActive, strongest } = sourceSummary(run, index);
          return (
            <tr key={source.id}>
              <th scope="row">{label}</th>
              <td>{meanActive === undefined ? 'not there yet' : meanActive.toFixed(1)}</td>
              <td>
                {strongest
                  ? `feature ${strongest.feature}, ${formatActivation(strongest.activation)} at position ${strongest.position}, ${strongest.token}`
                  : 'none'}
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
});
