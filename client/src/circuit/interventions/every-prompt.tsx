import type { AttributionGraph, ErrorBody, FeatureWeight, GraphNode } from '@loupe/shared';
import { formatNumber, toLoupeError } from '@loupe/shared';
import { useState } from 'react';
import { getWeight } from '../../api/interventions.ts';
import { Failure } from '../../ui/failure.tsx';
import { connectionIndex } from '../connections/connection-items.ts';
import { featureOf } from '../detail/feature-info.ts';
import { useModelIsHere } from '../file/file-notices.tsx';
import { graphIndex } from '../graph-index.ts';
import { nodeName, tokenAt } from '../node-words.ts';

/** Inputs whose weights are told. */
const INPUTS = 8;

interface Found {
  edges: AttributionGraph['edges'];
  node: string;
  rows: { source: GraphNode; effect: number; weight: FeatureWeight }[];
}

/** Why it could not be told, of which node of which graph. */
interface Failed extends Pick<Found, 'edges' | 'node'> {
  error: ErrorBody;
}

/** How an effect here follows from a weight that holds everywhere. */
function factors({ source, effect, weight }: Found['rows'][number]): string {
  const { activation } = source;
  if (weight.direct === null) {
    const heads = weight.heads.toSorted((a, b) => Math.abs(b.weight) - Math.abs(a.weight));
    const [most] = heads;
    const named = most ? `head ${most.layer}.${most.head}: ${formatNumber(most.weight)}` : '';
    return `${named}; × activation ${formatNumber(activation)} × attention ÷ σ`;
  }
  const scale = (weight.direct * activation) / effect;
  return `${formatNumber(weight.direct)} × activation ${formatNumber(activation)} ÷ σ ${formatNumber(scale)}`;
}

/** What of the effects on the chosen feature holds for every prompt, and what is this one's. */
export function EveryPrompt({ graph }: { graph: AttributionGraph }) {
  const isHere = useModelIsHere();
  const [found, setFound] = useState<Found | null>(null);
  const [failed, setFailed] = useState<Failed | null>(null);
  const chosen = graph.view.clicked;
  const index = chosen === undefined ? undefined : graphIndex(graph).nodeOf.get(chosen);
  const node = index === undefined ? undefined : graph.nodes[index];
  const to = node && featureOf(node);
  if (!node || index === undefined || to === undefined) return null;
  const { model, edges, nodes } = graph;

  async function ask(target: number, goal: string): Promise<void> {
    setFailed(null);
    try {
      const inputs = connectionIndex(graph)
        .of(target)
        .inputs.filter(({ node: source }) => featureOf(nodes[source] as GraphNode) !== undefined)
        .slice(0, INPUTS);
      const rows = await Promise.all(
        inputs.map(async ({ node: at, weight: effect }) => {
          const source = nodes[at] as GraphNode;
          const weight = await getWeight(model, featureOf(source) as string, goal);
          return { source, effect, weight };
        }),
      );
      setFound({ edges, node: nodes[target]?.id ?? '', rows });
    } catch (thrown) {
      setFailed({ edges, node: nodes[target]?.id ?? '', error: toLoupeError(thrown).toBody() });
    }
  }

  const shown = found?.edges === edges && found.node === node.id ? found : null;
  const error = failed?.edges === edges && failed.node === node.id ? failed.error : null;
  return (
    <section className="every-prompt" aria-label="Weights that hold for every prompt">
      <h3 className="heading">into {nodeName(node, graph)}, in every prompt</h3>
      {shown ? (
        <ul>
          {shown.rows.map((row) => (
            <li key={row.source.id}>
              <span className="mono">
                {nodeName(row.source, graph)} {tokenAt(graph, row.source.position)}
              </span>{' '}
              {formatNumber(row.effect)} = {factors(row)}
            </li>
          ))}
          {shown.rows.length === 0 && <li>No feature acts on it.</li>}
        </ul>
      ) : (
        <button
          type="button"
          className="button small"
          disabled={!isHere}
          onClick={() => void ask(index, to)}
        >
          Show the weights
        </button>
      )}
      {error && <Failure error={error} />}
    </section>
  );
}
