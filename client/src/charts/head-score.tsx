import {
  type AttentionScoreRequest,
  type AttentionScoreResponse,
  describeNode,
  type ErrorBody,
  formatNumber,
  formatProbability,
  type GraphNode,
  NODE_MARKS,
  nodeName,
  toLoupeError,
} from '@loupe/shared';
import { useEffect, useState } from 'react';
import { postAttentionScore } from '../api/resources.ts';
import { Failure } from '../ui/failure.tsx';
import { useRedo } from '../ui/use-redo.ts';
import { useSlow } from '../ui/use-slow.ts';
import { KindMark } from './kind-mark.tsx';
import { extentOf, SignedBar } from './signed-bar.tsx';
import './head-score.css';

/** The answer to a request, asked for whenever that changes. */
function useScore(request: AttentionScoreRequest) {
  const [answer, setAnswer] = useState<AttentionScoreResponse | null>(null);
  const [error, setError] = useState<ErrorBody | null>(null);
  const [tries, setTries] = useState(0);
  const key = JSON.stringify(request);
  useRedo(error, () => setTries((now) => now + 1));
  // biome-ignore lint/correctness/useExhaustiveDependencies: another try asks again
  useEffect(() => {
    const abort = new AbortController();
    setAnswer(null);
    setError(null);
    postAttentionScore(JSON.parse(key) as AttentionScoreRequest, abort.signal)
      .then(setAnswer)
      .catch((thrown) => {
        if (!abort.signal.aborted) setError(toLoupeError(thrown).toBody());
      });
    return () => abort.abort();
  }, [key, tries]);
  return { answer, error };
}

/** A node that an answer names. */
function Named({ answer, id }: { answer: AttentionScoreResponse; id: string }) {
  const found = answer.nodes.find((one) => one.id === id);
  if (!found) return <span className="mono">{id}</span>;
  const node: GraphNode = { ...found, source: found.source ?? undefined };
  return (
    <span className="head-score-node" title={describeNode(node, answer)}>
      <KindMark kind={NODE_MARKS[node.kind]} />
      <span className="mono">{nodeName(node, answer)}</span>
    </span>
  );
}

/** A head's score by the pairs of what it reads at both ends, largest first. */
export function HeadScore({ request }: { request: AttentionScoreRequest }) {
  const { answer, error } = useScore(request);
  const slow = useSlow(answer === null && error === null, 100);
  if (error) return <Failure error={error} />;
  if (!answer) return <p className="head-score-wait">{slow && 'Computing'}</p>;
  const { score, attention, pairs } = answer;
  const extent = extentOf(pairs.map(({ contribution }) => contribution));
  return (
    <>
      <p>
        It gives that position {formatProbability(attention)} of its attention; the score before the
        softmax is {formatNumber(score)}, the sum of all pairs of what is written at both ends.
      </p>
      <table className="head-score-pairs">
        <thead>
          <tr>
            <th scope="col">where it looks from</th>
            <th scope="col">where it looks</th>
            <th scope="col" colSpan={2}>
              part of the score
            </th>
          </tr>
        </thead>
        <tbody>
          {pairs.map(({ query, key, contribution }) => {
            return (
              <tr key={`${query} ${key}`}>
                <td>
                  <Named answer={answer} id={query} />
                </td>
                <td>
                  <Named answer={answer} id={key} />
                </td>
                <td className="head-score-bar">
                  <SignedBar value={contribution} extent={extent} colour="var(--attention)" />
                </td>
                <td className="head-score-part">{formatNumber(contribution)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </>
  );
}
