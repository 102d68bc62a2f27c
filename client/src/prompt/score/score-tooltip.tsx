import { useLayoutEffect, useState } from 'react';
import { ChartTooltip } from '../../app/chart-tooltip.tsx';
import { KIND_WORDS, KindMark } from '../../charts/kind-mark.tsx';
import { countText, exactText, percentText } from '../../charts/numbers.ts';
import { columnWidth, columnX, type TokenAxis } from '../../charts/token-axis.ts';
import { TokenLabel, TokenText } from '../../charts/token-label.tsx';
import type { Run } from '../run.ts';
import { usePrompt } from '../store.ts';
import { findFeature, idOf, shortName } from './feature-ref.ts';
import { featureSeries } from './feature-series.ts';
import type { Hover } from './hover.ts';
import { lensCandidates } from './lens-cells.ts';
import { lensLayers } from './lens-stave.tsx';
import type { MapLayout } from './map-rows.ts';
import { lensRowHeight } from './score-layout.ts';
import { sourceStats } from './source-stats.ts';
import './score-tooltip.css';

const CANDIDATES = 5;

interface Anchor {
  x: number;
  y: number;
  width: number;
  height: number;
}

function anchorIn(
  box: DOMRect,
  axis: TokenAxis,
  layout: MapLayout,
  run: Run,
  hover: Hover,
): Anchor {
  const x = box.x + columnX(axis, hover.position);
  const width = columnWidth(axis, hover.position);
  if (hover.stave === 'map') {
    const row = layout.rows[hover.row ?? 0];
    return { x, width, y: box.y + (row?.y ?? 0), height: row?.height ?? 0 };
  }
  if (hover.stave === 'lens') {
    const height = lensRowHeight(lensLayers(run));
    return { x, width, y: box.y + (hover.row ?? 0) * height, height };
  }
  return { x, width, y: box.y, height: box.height };
}

function sameAnchor(a: Anchor, b: Anchor): boolean {
  return a.x === b.x && a.y === b.y && a.width === b.width && a.height === b.height;
}

interface ScoreTooltipProps {
  run: Run;
  layout: MapLayout;
  axis: TokenAxis;
  hover: Hover;
  /** Given when it is pinned: it stays until it is closed. */
  onClose?: () => void;
}

/** What the score says of the column or cell under the pointer, in exact numbers. */
export function ScoreTooltip(props: ScoreTooltipProps) {
  const { run, layout, axis, hover, onClose } = props;
  const [anchor, setAnchor] = useState<Anchor | null>(null);
  useLayoutEffect(() => {
    const plot = document.querySelector(`[data-stave="${CSS.escape(hover.stave)}"]`);
    const next = plot && anchorIn(plot.getBoundingClientRect(), axis, layout, run, hover);
    setAnchor((now) => (now && next && sameAnchor(now, next) ? now : next));
  }, [hover, axis, layout, run]);
  const token = run.tokens[hover.position];
  if (!token || !anchor) return null;
  return (
    <ChartTooltip anchor={anchor} pinned={onClose !== undefined} {...(onClose && { onClose })}>
      <div className="score-tooltip">
        <div className="score-tooltip-token">
          <span className="chip">
            <TokenLabel token={token} />
          </span>
          <span>position {token.position}</span>
          <span>id {token.id}</span>
        </div>
        {hover.stave === 'map' ? (
          <MapCell run={run} source={layout.rows[hover.row ?? 0]?.source} at={hover.position} />
        ) : hover.stave === 'lens' ? (
          <LensCell run={run} layer={lensLayers(run) - 1 - (hover.row ?? 0)} at={hover.position} />
        ) : hover.stave.startsWith('pin:') ? (
          <PinnedBar run={run} id={hover.stave.slice(4)} at={hover.position} />
        ) : (
          <TokenValues run={run} at={hover.position} />
        )}
      </div>
    </ChartTooltip>
  );
}

function TokenValues({ run, at }: { run: Run; at: number }) {
  const nats = run.outcome?.surprisal[at];
  const special = run.tokens[at]?.special;
  let active = 0;
  for (const source of run.activations) if (source) active += sourceStats(source).count[at] ?? 0;
  return (
    <dl>
      {typeof nats === 'number' && (
        <>
          <dt>surprisal</dt>
          <dd>{exactText(nats)} nats</dd>
          <dt>probability</dt>
          <dd>{percentText(Math.exp(-nats))}</dd>
        </>
      )}
      <dt>active features</dt>
      <dd>{countText(active)}</dd>
      {special && <dd className="score-tooltip-note">special token, outside the colour scales</dd>}
    </dl>
  );
}

function MapCell({ run, source, at }: { run: Run; source: number | undefined; at: number }) {
  const info = source === undefined ? undefined : run.sources[source];
  const features = usePrompt((state) => state.features);
  if (!info || source === undefined) return null;
  const activations = run.activations[source];
  const head = (
    <div className="score-tooltip-source">
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
        <dd>{countText(stats.count[at] ?? 0)}</dd>
        {strongest >= 0 && (
          <>
            <dt>strongest</dt>
            <dd>
              <code>{shortName(info, strongest)}</code> {exactText(stats.strongest[at] ?? 0)}
              {promoted && (
                <span className="chip">
                  <TokenText text={promoted.text} />
                </span>
              )}
            </dd>
          </>
        )}
        <dt>reconstruction error</dt>
        <dd>{exactText(error[at] ?? 0)}</dd>
        {typeof explained === 'number' && (
          <>
            <dt>explained variance</dt>
            <dd>{exactText(explained)}</dd>
          </>
        )}
        {run.tokens[at]?.special && (
          <dd className="score-tooltip-note">special token, outside the colour scale</dd>
        )}
      </dl>
    </>
  );
}

function LensCell({ run, layer, at }: { run: Run; layer: number; at: number }) {
  const candidates = lensCandidates(run.lens, layer, at).slice(0, CANDIDATES);
  const actual = run.tokens[at + 1];
  return (
    <>
      <div className="score-tooltip-source">next token after layer {layer}</div>
      {candidates.length === 0 && <div>not there yet</div>}
      <dl>
        {candidates.map(({ id, text, probability }) => (
          <div
            key={id}
            className="score-tooltip-candidate"
            data-actual={actual?.id === id || undefined}
          >
            <dt>
              <span className="chip">
                <TokenText text={text} />
              </span>
              {actual?.id === id && ' actual'}
            </dt>
            <dd>{percentText(probability)}</dd>
          </div>
        ))}
      </dl>
    </>
  );
}

function PinnedBar({ run, id, at }: { run: Run; id: string; at: number }) {
  const found = findFeature(run, id);
  const source = found && run.sources[found.source];
  const activations = found && run.activations[found.source];
  if (!found || !source || !activations) return null;
  const series = featureSeries(activations, found.feature);
  const value = series.values[series.positions.indexOf(at)] ?? 0;
  return (
    <>
      <div className="score-tooltip-source">
        <KindMark kind={source.kind} />
        <code>{shortName(source, found.feature)}</code>
      </div>
      <dl>
        <dt>activation</dt>
        <dd>{value > 0 ? exactText(value) : 'not active'}</dd>
        <dt>active on</dt>
        <dd>
          {countText(series.positions.length)} of {countText(run.tokens.length)} tokens
        </dd>
        {value > 0 && run.tokens[at]?.special && (
          <dd className="score-tooltip-note">special token: its bar is cut, the number is exact</dd>
        )}
      </dl>
    </>
  );
}
