import {
  describeNode,
  formatNumber,
  formatProbability,
  type InterventionRun,
  NODE_MARKS,
  nodeName,
  tokenAt,
  tokenLabel,
} from '@loupe/shared';
import type { ReactNode } from 'react';
import { KindMark } from '../../charts/kind-mark.tsx';
import { Term } from '../../ui/term.tsx';
import { graphIndex } from '../graph-index.ts';
import { EffectHeads } from './effect-heads.tsx';
import type { Outcome } from './store.ts';

/** Tokens that are listed. */
const TOKENS = 8;

interface Row {
  key: string;
  name: ReactNode;
  before: string;
  /** Undefined where the graph predicts nothing. */
  predicted: string | undefined;
  frozen: string | undefined;
  free: string | undefined;
}

/** A value after, with how far it moved. */
function moved(before: number, after: number | undefined): string | undefined {
  if (after === undefined) return undefined;
  const by = after - before;
  return `${formatNumber(after)} (${by < 0 ? '' : '+'}${formatNumber(by)})`;
}

function runOf({ answer }: Outcome, run: InterventionRun) {
  return answer.runs.find((one) => one.run === run);
}

function targetRows(outcome: Outcome): Row[] {
  const { graph, answer, predicted } = outcome;
  const logits = [...graph.nodes.keys()].filter((index) => graph.nodes[index]?.kind === 'logit');
  return answer.targets.map(({ label, value }, i) => {
    const logit = logits[i];
    const node = logit === undefined ? undefined : graph.nodes[logit];
    const change = logit === undefined ? undefined : predicted?.[logit];
    const after = change === undefined ? undefined : value + change;
    return {
      key: label,
      name: node ? nodeName(node, graph) : label,
      before: formatNumber(value),
      predicted: moved(value, after),
      frozen: moved(value, runOf(outcome, 'frozen')?.targets[i]),
      free: moved(value, runOf(outcome, 'free')?.targets[i]),
    };
  });
}

function tokenRows(outcome: Outcome): Row[] {
  const frozen = new Map(runOf(outcome, 'frozen')?.tokens.map((token) => [token.id, token]));
  const free = runOf(outcome, 'free')?.tokens ?? [];
  const of = (token: { probability: [number, number] } | undefined) =>
    token && formatProbability(token.probability[1]);
  return free
    .toSorted((a, b) => Math.max(...b.probability) - Math.max(...a.probability))
    .slice(0, TOKENS)
    .map((token) => ({
      key: String(token.id),
      name: tokenLabel(token.text),
      before: formatProbability(token.probability[0]),
      predicted: undefined,
      frozen: of(frozen.get(token.id)),
      free: of(token),
    }));
}

function activationRows(outcome: Outcome): Row[] {
  const { graph, predicted } = outcome;
  const { nodeOf } = graphIndex(graph);
  const byFeature = new Map<string, number | undefined>(
    graph.nodes.flatMap(({ id, source, feature, position }) =>
      source === undefined ? [] : [[`${source}/${feature} ${position}`, nodeOf.get(id)] as const],
    ),
  );
  const keyOf = ({ feature, position }: { feature: string; position: number }) =>
    `${feature} ${position}`;
  const frozen = new Map(
    runOf(outcome, 'frozen')?.activations.map((one) => [keyOf(one), one.activation]),
  );
  const free = runOf(outcome, 'free')?.activations ?? [];
  return free.map((one) => {
    const [before, after] = one.activation;
    const index = byFeature.get(keyOf(one));
    const change = index === undefined ? undefined : predicted?.[index];
    const node = index === undefined ? undefined : graph.nodes[index];
    const where = `${tokenAt(graph, one.position)} ${one.position}`;
    return {
      key: keyOf(one),
      name: node ? (
        <span title={describeNode(node, graph)}>
          <KindMark kind={NODE_MARKS[node.kind]} /> {nodeName(node, graph)} {where}
        </span>
      ) : (
        `${one.feature} ${where}`
      ),
      before: formatNumber(before),
      predicted: moved(before, change === undefined ? undefined : before + change),
      frozen: moved(before, frozen.get(keyOf(one))?.[1]),
      free: moved(before, after),
    };
  });
}

function Rows({ title, rows }: { title: ReactNode; rows: readonly Row[] }) {
  if (rows.length === 0) return null;
  const cell = (value: string | undefined) => value ?? <span className="outcome-none">none</span>;
  return (
    <tbody>
      <tr>
        <th scope="rowgroup" colSpan={5} className="heading">
          {title}
        </th>
      </tr>
      {rows.map(({ key, name, before, predicted, frozen, free }) => (
        <tr key={key}>
          <th scope="row" className="mono">
            {name}
          </th>
          <td>{before}</td>
          <td>{cell(predicted)}</td>
          <td>{cell(frozen)}</td>
          <td>{cell(free)}</td>
        </tr>
      ))}
    </tbody>
  );
}

/** What an intervention came to: before, as the graph predicts it, and measured in two ways. */
export function OutcomeTable({ outcome }: { outcome: Outcome }) {
  return (
    <table className="outcome">
      <caption className="hidden-text">Before and after the intervention</caption>
      <thead>
        <tr>
          <td />
          <th scope="col">before</th>
          <EffectHeads />
        </tr>
      </thead>
      <Rows title={<Term of="logit">logits</Term>} rows={targetRows(outcome)} />
      <Rows title="next token" rows={tokenRows(outcome)} />
      <Rows
        title={
          <>
            <Term of="activation">activations</Term> that move
          </>
        }
        rows={activationRows(outcome)}
      />
    </table>
  );
}
