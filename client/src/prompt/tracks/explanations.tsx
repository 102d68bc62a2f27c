import { formatCount, formatExact, formatProbability } from '@loupe/shared';
import { KIND_WORDS, KindMark } from '../../charts/kind-mark.tsx';
import { TokenText } from '../../charts/token-label.tsx';
import { lensCandidates } from '../../stores/prompt/lens-cells.ts';
import type { FeatureRef, Run } from '../../stores/prompt/run.ts';
import { colouringFeature } from '../../stores/prompt/state.ts';
import { usePrompt } from '../../stores/prompt/store.ts';
import { findFeature, idOf, shortName } from './feature-ref.ts';
import { featureSeries } from './feature-series.ts';
import { sourceStats } from './source-stats.ts';

/** Candidates that an explanation of the lens lists. */
const CANDIDATES = 5;

function activationAt(run: Run, { source, feature }: FeatureRef, at: number): number {
  const activations = run.activations[source];
  if (!activations) return 0;
  const { positions, values } = featureSeries(activations, feature);
  return values[positions.indexOf(at)] ?? 0;
}

/** A token: how surprising it was, how much is active on it, and what colours it. */
export function TokenValues({ run, at }: { run: Run; at: number }) {
  const nats = run.outcome?.surprisal[at];
  const special = run.tokens[at]?.special;
  const coloured = usePrompt(colouringFeature);
  const found = coloured === null ? undefined : findFeature(run, coloured);
  const source = found && run.sources[found.source];
  let active = 0;
  for (const source of run.activations) if (source) active += sourceStats(source).count[at] ?? 0;
  return (
    <dl>
      {typeof nats === 'number' && (
        <>
          <dt>surprisal</dt>
          <dd>{formatExact(nats)} nats</dd>
          <dt>probability</dt>
          <dd>{formatProbability(Math.exp(-nats))}</dd>
        </>
      )}
      <dt>active features</dt>
      <dd>{formatCount(active)}</dd>
      {found && source && (
        <>
          <dt>
            <KindMark kind={source.kind} /> <code>{shortName(source, found.feature)}</code>
          </dt>
          <dd>{formatExact(activationAt(run, found, at))}</dd>
        </>
      )}
      {special && <dd className="tracks-tooltip-note">special token, outside the colour scales</dd>}
    </dl>
  );
}

/** A source at a token. */
export function MapCell({ run, source, at }: { run: Run; source: number | undefined; at: number }) {
  const info = source === undefined ? undefined : run.sources[source];
  const features = usePrompt((state) => state.features);
  if (!info || source === undefined) return null;
  const activations = run.activations[source];
  const head = (
    <div className="tracks-tooltip-source">
      <KindMark kind={info.kind} />
      layer {info.layer} {KIND_WORDS[info.kind]}
    </div>
  );
  if (!activations) {
    return (
      <>
        {head}
        <div>not there yet</div>
      </>
    );
  }
  const stats = sourceStats(activations);
  const strongest = stats.feature[at] ?? -1;
  const promoted = features.get(idOf(info, strongest))?.promotes[0];
  const { error, explainedVariance } = activations.reconstruction;
  const explained = explainedVariance[at];
  return (
    <>
      {head}
      <dl>
        <dt>active features</dt>
        <dd>{formatCount(stats.count[at] ?? 0)}</dd>
        {strongest >= 0 && (
          <>
            <dt>strongest</dt>
            <dd>
              <code>{shortName(info, strongest)}</code> {formatExact(stats.strongest[at] ?? 0)}
              {promoted && (
                <span className="chip">
                  <TokenText text={promoted.text} />
                </span>
              )}
            </dd>
          </>
        )}
        <dt>reconstruction error</dt>
        <dd>{formatExact(error[at] ?? 0)}</dd>
        {typeof explained === 'number' && (
          <>
            <dt>explained variance</dt>
            <dd>{formatExact(explained)}</dd>
          </>
        )}
        {run.tokens[at]?.special && (
          <dd className="tracks-tooltip-note">special token, outside the colour scale</dd>
        )}
      </dl>
    </>
  );
}

/** The most probable next tokens after a layer. */
export function LensCell({ run, layer, at }: { run: Run; layer: number; at: number }) {
  const candidates = lensCandidates(run.lens, layer, at).slice(0, CANDIDATES);
  const actual = run.tokens[at + 1];
  return (
    <>
      <div className="tracks-tooltip-source">next token after layer {layer}</div>
      {candidates.length === 0 && <div>not there yet</div>}
      <dl>
        {candidates.map(({ id, text, probability }) => (
          <div
            key={id}
            className="tracks-tooltip-candidate"
            data-actual={actual?.id === id || undefined}
          >
            <dt>
              <span className="chip">
                <TokenText text={text} />
              </span>
              {actual?.id === id && ' actual'}
            </dt>
            <dd>{formatProbability(probability)}</dd>
          </div>
        ))}
      </dl>
    </>
  );
}

/** A pinned feature at a token. */
export function PinnedBar({ run, id, at }: { run: Run; id: string; at: number }) {
  const found = findFeature(run, id);
  const source = found && run.sources[found.source];
  const activations = found && run.activations[found.source];
  if (!found || !source || !activations) return null;
  const series = featureSeries(activations, found.feature);
  const value = activationAt(run, found, at);
  return (
    <>
      <div className="tracks-tooltip-source">
        <KindMark kind={source.kind} />
        <code>{shortName(source, found.feature)}</code>
      </div>
      <dl>
        <dt>activation</dt>
        <dd>{value > 0 ? formatExact(value) : 'not active'}</dd>
        <dt>active on</dt>
        <dd>
          {formatCount(series.positions.length)} of {formatCount(run.tokens.length)} tokens
        </dd>
        {value > 0 && run.tokens[at]?.special && (
          <dd className="tracks-tooltip-note">
            special token: its bar is cut, the number is exact
          </dd>
        )}
      </dl>
    </>
  );
}
