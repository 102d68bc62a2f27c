import {
  type AttributionGraph,
  formatNumber,
  formatProbability,
  nodeName,
  type Validity,
  withMinus,
} from '@loupe/shared';
import { useState } from 'react';
import { Failure } from '../../ui/failure.tsx';
import { ProgressBar } from '../../ui/progress-bar.tsx';
import { Term } from '../../ui/term.tsx';
import { useModelIsHere } from '../file/file-notices.tsx';
import { EffectHeads } from './effect-heads.tsx';
import { Scatter } from './scatter.tsx';
import { cancelValidity, type Measured, measureValidity, useValidity } from './validity.ts';

const COUNTS = [20, 50, 100, 200] as const;

/** How well one kind of run agrees with what the graph predicts. */
function Figure({ run, pearson, spearman, deviation }: Validity) {
  return (
    <p className="validity-figure">
      <Term of={run === 'frozen' ? 'frozenRun' : 'freeRun'}>{run}</Term>:{' '}
      <Term of="pearson">r</Term> {withMinus(pearson.toFixed(3))}, <Term of="spearman">ρ</Term>{' '}
      {withMinus(spearman.toFixed(3))}, <Term of="deviation">off by</Term>{' '}
      {formatProbability(deviation)}
    </p>
  );
}

function Table({ measured: { graph, predicted, effects } }: { measured: Measured }) {
  return (
    <details className="validity-table">
      <summary>as a table</summary>
      <table className="outcome">
        <thead>
          <tr>
            <td />
            <EffectHeads />
          </tr>
        </thead>
        <tbody>
          {predicted.map(({ node: index, predicted: by }, i) => {
            const node = graph.nodes[index];
            const value = (all: number[] | undefined) => formatNumber(all?.[0] ?? Number.NaN);
            return (
              node && (
                <tr key={node.id}>
                  <th scope="row" className="mono">
                    {nodeName(node, graph)} at {node.position}
                  </th>
                  <td>{formatNumber(by)}</td>
                  <td>{value(effects[i]?.frozen)}</td>
                  <td>{value(effects[i]?.free)}</td>
                </tr>
              )
            );
          })}
        </tbody>
      </table>
    </details>
  );
}

/** The graph's validity figure: what it predicts of ablations beside what they do. */
export function ValidityPanel({ graph }: { graph: AttributionGraph }) {
  const { progress, error, measured } = useValidity();
  const isHere = useModelIsHere();
  const [count, setCount] = useState<number>(COUNTS[1]);
  const shown = measured?.graph.edges === graph.edges ? measured : null;
  return (
    <section className="validity" aria-label="Validity">
      <h3 className="heading">
        does the graph predict what <Term of="ablation">ablations</Term> do?
      </h3>
      <div className="intervene-bar">
        <label htmlFor="validity-count">ablate</label>
        <select
          id="validity-count"
          className="field"
          aria-label="Features to ablate, one at a time"
          value={count}
          onChange={({ target }) => setCount(Number(target.value))}
        >
          {COUNTS.map((one) => (
            <option key={one} value={one}>
              the {one} strongest features
            </option>
          ))}
        </select>
        <button
          type="button"
          className="button small"
          disabled={!isHere || progress !== null}
          onClick={() => void measureValidity(count)}
        >
          Measure
        </button>
      </div>
      {progress && (
        <div className="intervene-wait">
          <ProgressBar
            label="Ablating features"
            share={progress.done / progress.total}
            words={`${progress.done} of ${progress.total}`}
          />
          <button type="button" className="button small" onClick={cancelValidity}>
            Cancel
          </button>
        </div>
      )}
      {error && <Failure error={error} />}
      {shown && (
        <>
          <Scatter measured={shown} />
          {shown.figures.map((figure) => (
            <Figure key={figure.run} {...figure} />
          ))}
          <Table measured={shown} />
        </>
      )}
    </section>
  );
}
