import {
  type AttributionGraph,
  type ErrorBody,
  type GraphNode,
  readGraphJson,
  requestOfGraph,
  toLoupeError,
} from '@loupe/shared';
import { create } from 'zustand';
import { postCircuit } from '../../api/circuits-stream.ts';
import { useCircuit } from '../../stores/circuit/store.ts';
import { engineSettled, isAway, missServer, onServerBack } from '../../stores/server.ts';

interface HeadsState {
  /** The graph whose heads are asked for; null while none are. */
  asking: AttributionGraph['edges'] | null;
  error: ErrorBody | null;
}

/** The question which heads the effects of a graph go through. */
export const useHeads = create<HeadsState>()(() => ({ asking: null, error: null }));

function isFeature({ kind }: GraphNode): boolean {
  return kind === 'attention' || kind === 'mlp';
}

/** The heads of one graph, put on the edges of another by the nodes at their ends. */
export function carryHeads(from: AttributionGraph, to: AttributionGraph): AttributionGraph {
  const key = ({ nodes, edges }: AttributionGraph, edge: number) =>
    `${nodes[edges.source[edge] as number]?.id} ${nodes[edges.target[edge] as number]?.id}`;
  const byEnds = new Map([...(from.heads ?? [])].map(([edge, parts]) => [key(from, edge), parts]));
  const heads = new Map<number, [number, number][]>();
  for (const edge of to.edges.weight.keys()) {
    const parts = byEnds.get(key(to, edge));
    if (parts) heads.set(edge, parts);
  }
  return { ...to, heads };
}

/** Asks for what the graph on screen explains once more, with the heads, and adds them to it. */
export async function askForHeads(): Promise<void> {
  const { graph } = useCircuit.getState();
  if (!graph || useHeads.getState().asking) return;
  useHeads.setState({ asking: graph.edges, error: null });
  try {
    const signal = new AbortController().signal;
    await engineSettled(signal);
    // As many features as the graph has, where its file does not say how many were asked for.
    const maxNodes = graph.question?.maxNodes ?? graph.nodes.filter(isFeature).length;
    const firstPosition = graph.question?.firstPosition ?? true;
    const request = { ...requestOfGraph(graph), maxNodes, firstPosition, heads: true };
    const answer = readGraphJson(await postCircuit(request, signal, () => undefined));
    const now = useCircuit.getState().graph;
    // Another graph may have come in the meantime.
    if (now?.edges === graph.edges) useCircuit.setState({ graph: carryHeads(answer, now) });
  } catch (thrown) {
    const error = toLoupeError(thrown).toBody();
    useHeads.setState({ error });
    if (error && isAway(error)) missServer(error);
  } finally {
    useHeads.setState({ asking: null });
  }
}

// An error is about the graph that was on screen.
useCircuit.subscribe(({ graph }, before) => {
  if (graph?.edges !== before.graph?.edges) useHeads.setState({ error: null });
});

onServerBack(() => {
  if (isAway(useHeads.getState().error)) void askForHeads();
});
