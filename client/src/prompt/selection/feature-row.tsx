import { formatActivation } from '@loupe/shared';
import { memo } from 'react';
import { KIND_WORDS, KindMark } from '../../charts/kind-mark.tsx';
import { Promotes } from '../../charts/promotes.tsx';
import { Sparkline } from '../../charts/sparkline.tsx';
import type { Run } from '../../stores/prompt/run.ts';
import { usePrompt } from '../../stores/prompt/store.ts';
import { searchKey } from '../../ui/search-tokens.ts';
import { shortName } from '../tracks/feature-ref.ts';
import { featureSeries, seriesMost } from '../tracks/feature-series.ts';
import { specialMask } from '../tracks/special.ts';
import { PinButton } from './pin-button.tsx';
import type { RankedFeature } from './ranking.ts';

interface FeatureRowProps {
  run: Run;
  row: RankedFeature;
  position: number;
  /** Activation with the full bar. */
  most: number;
  sparkWidth: number;
  tabIndex: number;
}

/** The cells of one feature: name, activation, its course along the prompt, what it promotes. */
export const FeatureRow = memo(function FeatureRow(props: FeatureRowProps) {
  const { run, row, position, most, sparkWidth, tabIndex } = props;
  const info = usePrompt((state) => state.features.get(row.id));
  const failure = usePrompt((state) => state.featureFailures.get(row.id));
  const search = usePrompt((state) => searchKey(state.filters.text));
  const source = run.sources[row.source];
  const activations = run.activations[row.source];
  if (!source || !activations) return null;
  const series = featureSeries(activations, row.feature);
  const name = shortName(source, row.feature);
  const share = most > 0 ? Math.min(1, row.activation / most) : 0;
  const strongest = seriesMost(series, specialMask(run.tokens)) || row.activation;
  return (
    <>
      {/* biome-ignore lint/a11y: cells of a grid whose rows take the focus */}
      <div role="gridcell" className="feature-name" title={row.id}>
        <KindMark kind={source.kind} />
        <span className="hidden-text">{KIND_WORDS[source.kind]} </span>
        {name}
      </div>
      {/* biome-ignore lint/a11y: see above */}
      <div role="gridcell" className="feature-activation">
        {formatActivation(row.activation)}
      </div>
      <div className="feature-bar" aria-hidden="true">
        <div style={{ width: `${share * 100}%`, background: `var(--${source.kind})` }} />
      </div>
      {/* biome-ignore lint/a11y: see above */}
      <div role="gridcell" className="feature-course">
        <Sparkline
          points={series}
          count={run.tokens.length}
          chosen={position}
          most={strongest}
          kind={source.kind}
          width={sparkWidth}
          height={17}
        />
        <span className="hidden-text">
          active on {series.positions.length} of {run.tokens.length} tokens
        </span>
      </div>
      {/* biome-ignore lint/a11y: see above */}
      <div role="gridcell" className="feature-promotes">
        <Promotes info={info} search={search} failure={failure} />
      </div>
      {/* biome-ignore lint/a11y: see above */}
      <div role="gridcell" className="feature-pin">
        <PinButton id={row.id} name={name} tabIndex={tabIndex} />
      </div>
    </>
  );
});
