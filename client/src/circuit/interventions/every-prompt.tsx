import type { AttributionGraph, ErrorBody, FeatureWeight, GraphNode } from '@loupe/shared';
import { formatNumber, nodeName, tokenAt, toLoupeError } from '@loupe/shared';
import { useState } from 'react';
import { getWeight } from '../../api/interventions.ts';
import { Failure } from '../../ui/failure.tsx';
import { Term } from '../../ui/term.tsx';
import { connectionIndex } from '../connections/connection-items.ts';
import { featureOf } from '../detail/feature-info.ts';
import { askForHeads } from '../detail/use-heads.ts';
import { useModelIsHere } from '../file/file-notices.tsx';
import { graphIndex } from '../graph-index.ts';
import { type WeighedInput, type WeightTable, weightTable } from './weight-rows.ts';

/** Inputs whose weights are told. */
const INPUTS = 8;

interface Found {
  edges: AttributionGraph['edges'];
  /** Id of the feature. */
  node: string;
  weighed: readonly WeighedInput[];
}

/** Why it could not be told, of which node of which graph. */
interface Failed extends Pick<Found, 'edges' | 'node'> {
  error: ErrorBody;
}

/** What of the effects on the chosen feature holds for every prompt, and what is this one's. */
export function EveryPrompt({ graph }: { graph: AttributionGraph }) {
  const isHere = useModelIsHere();
  const [found, setFound] = useState<Found | null>(null);
  const [failed, setFailed] = useState<Failed | null>(null);
  const [asking, setAsking] = useState(false);
  const chosen = graph.view.clicked;
  const index = chosen === undefined ? undefined : graphIndex(graph).nodeOf.get(chosen);
  const node = index === undefined ? undefined : graph.nodes[index];
  const to = node && featureOf(node);
  if (!node || index === undefined || to === undefined) return null;
  const { model, edges, nodes } = graph;
  const { inputs } = connectionIndex(graph).of(index);

  async function ask(goal: GraphNode, id: string): Promise<void> {
    setFailed(null);
    setAsking(true);
    try {
      const weighed = await Promise.all(
        inputs
          .filter(({ node: source }) => featureOf(nodes[source] as GraphNode) !== undefined)
          .slice(0, INPUTS)
          .map(async (input) => {
            const from = featureOf(nodes[input.node] as GraphNode) as string;
            const weight: FeatureWeight = await getWeight(model, from, id);
            return { input, weight };
          }),
      );
      // Which head an effect goes through is asked for only where somebody wants to know.
      const unknown = weighed.some(
        ({ input, weight }) => weight.direct === null && !graph.heads?.has(input.edge),
      );
      if (unknown) await askForHeads();
      setFound({ edges, node: goal.id, weighed });
    } catch (thrown) {
      setFailed({ edges, node: goal.id, error: toLoupeError(thrown).toBody() });
    } finally {
      setAsking(false);
    }
  }

  const shown = found?.edges === edges && found.node === node.id ? found : null;
  const error = failed?.edges === edges && failed.node === node.id ? failed.error : null;
  return (
    <section className="every-prompt" aria-label="Weights that hold for every prompt">
      <h3 className="heading">
        what goes into {nodeName(node, graph)}, by weights that hold for every prompt
      </h3>
      {shown ? (
        <Weights
          graph={graph}
          node={node}
          table={weightTable(graph, index, inputs, shown.weighed)}
        />
      ) : (
        <button
          type="button"
          className="button small"
          disabled={!isHere || asking}
          onClick={() => void ask(node, to)}
        >
          {asking ? 'Asking…' : 'Show the weights'}
        </button>
      )}
      {error && <Failure error={error} />}
    </section>
  );
}

/** A table whose rows are products and whose columns add up. */
function Weights(props: { graph: AttributionGraph; node: GraphNode; table: WeightTable }) {
  const { graph, node, table } = props;
  const { rows, total, beyond } = table;
  // Rounding leaves a difference that says nothing.
  const leaves = Math.abs(beyond) > 1e-3 * Math.abs(node.activation);
  return (
    <table className="outcome weights">
      <caption className="hidden-text">Weight × activation × factor = effect</caption>
      <thead>
        <tr>
          <td />
          <th scope="col">
            <Term of="weight" />
          </th>
          <th scope="col">
            × <Term of="activation" />
          </th>
          <th scope="col">
            × <Term of="promptFactor">factor</Term>
          </th>
          <th scope="col">
            = <Term of="directEffect">effect</Term>
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ key, part, rest, effect }) => (
          <tr key={key}>
            {part ? (
              <>
                <th scope="row">
                  <span className="mono">
                    {nodeName(part.source, graph)} {tokenAt(graph, part.source.position)}
                  </span>
                  {part.head && ` through head ${part.head}`}
                </th>
                <td>{formatNumber(part.weight)}</td>
                <td>{formatNumber(part.activation)}</td>
                <td>{formatNumber(part.factor)}</td>
              </>
            ) : (
              <th scope="row" colSpan={4} className="muted">
                {rest}
              </th>
            )}
            <td>{formatNumber(effect)}</td>
          </tr>
        ))}
      </tbody>
      <tfoot>
        <tr>
          <th scope="row" colSpan={4}>
            all that goes in
          </th>
          <td>{formatNumber(total)}</td>
        </tr>
        {leaves && (
          <tr>
            <th scope="row" colSpan={4} className="muted">
              from what this graph leaves out
            </th>
            <td>{formatNumber(beyond)}</td>
          </tr>
        )}
        <tr>
          <th scope="row" colSpan={4}>
            its activation
          </th>
          <td>{formatNumber(node.activation)}</td>
        </tr>
      </tfoot>
    </table>
  );
}
