import {
  chartFileName,
  formatActivation,
  formatExact,
  formatProbability,
  tokenLabel,
} from '@loupe/shared';
import { useMemo } from 'react';
import { ChartMenu } from '../../charts/chart-menu.tsx';
import { TokenLabel, TokenText } from '../../charts/token-label.tsx';
import { explainNext } from '../../stores/circuit/explain-next.ts';
import { lensMissing } from '../../stores/prompt/lens-cells.ts';
import { nextTokens } from '../../stores/prompt/next-tokens.ts';
import type { Run } from '../../stores/prompt/run.ts';
import { Tooltip } from '../../ui/tooltip.tsx';
import { nextCsv, nextJson } from './selection-data.ts';
import './next-token-panel.css';

/** Candidates that are shown; the place is kept for as many while they are not there. */
const SHOWN = 6;

function outcomeMissing(run: Run): string {
  const working = run.status === 'waiting' || run.status === 'streaming';
  return working ? 'follows the last layer' : 'the run did not reach its last layer';
}

/** What the model expects after the selected token, and what came. */
export function NextTokenPanel({ run, position }: { run: Run; position: number }) {
  const next = useMemo(() => nextTokens(run, position), [run, position]);
  const { actual, actualProbability, surprisal } = next;
  const candidates = next.candidates.slice(0, SHOWN);
  const token = run.tokens[position];
  const missing = run.outcome ? lensMissing(run) : outcomeMissing(run);
  const empty = Array.from({ length: SHOWN - candidates.length }, (_, index) => index);
  return (
    <section className="next-token" aria-label="Next token">
      <header>
        <h2 className="heading">
          next token after <span className="chip">{token && <TokenLabel token={token} />}</span>
        </h2>
        {candidates[0] && (
          <button type="button" className="quiet-button" onClick={explainNext}>
            why <span className="mono">{tokenLabel(candidates[0].text)}</span>?
          </button>
        )}
        <ChartMenu
          label="Next token"
          nameFile={(ending) => chartFileName(run, `next-token-at-${position}`, ending)}
          json={() => nextJson(run, position, next)}
          csv={() => nextCsv(next)}
        />
      </header>
      <ol>
        {candidates.map(({ id, text, probability, logit }) => (
          <li key={id} data-actual={actual?.id === id || undefined}>
            <span className="next-token-text">
              <TokenText text={text} />
            </span>
            <Tooltip
              side="top"
              content={`probability ${formatExact(probability * 100)} %, logit ${formatActivation(logit)}, id ${id}`}
            >
              <span className="next-token-bar">
                <span style={{ width: `${probability * 100}%` }} />
              </span>
            </Tooltip>
            <span className="next-token-percent">{formatProbability(probability)}</span>
          </li>
        ))}
        {empty.map((index) => (
          <li key={`empty ${index}`} className="next-token-empty">
            {candidates.length === 0 && index === 0 && <span>{missing}</span>}
          </li>
        ))}
      </ol>
      <p className="next-token-actual">
        {actual === undefined ? (
          'the prompt ends here'
        ) : (
          <>
            actual{' '}
            <span className="chip">
              <TokenLabel token={actual} />
            </span>
            {actualProbability !== undefined && surprisal !== undefined ? (
              <span className="next-token-numbers">
                {formatProbability(actualProbability)} · surprisal {formatExact(surprisal)} nats
              </span>
            ) : null}
          </>
        )}
      </p>
    </section>
  );
}
