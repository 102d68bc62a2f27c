import {
  type AttributionGraph,
  hasPrependedBos,
  modeOf,
  promptOfGraph,
  readGraphJson,
  toLoupeError,
} from '@loupe/shared';
import { create } from 'zustand';
import { postCircuit } from '../../api/circuits-stream.ts';
import { readGraphFile } from '../file/read-graph-file.ts';
import { requestOf } from '../run-slice.ts';
import { type Asked, DEFAULT_QUESTION, type Job } from '../state.ts';
import { useCircuit } from '../store.ts';
import { type Differences, differencesOf } from './differences.ts';

interface CompareState {
  /** What the second graph is to be of. */
  prompt: string;
  target: string | null;
  minus: string | null;
  job: Job | null;
  /** The second graph; null before there is any. */
  other: AttributionGraph | null;
  /** The first graph at the time, and what differs. */
  found: { edges: AttributionGraph['edges']; differences: Differences } | null;
}

const NOTHING: CompareState = {
  prompt: '',
  target: null,
  minus: null,
  job: null,
  other: null,
  found: null,
};

/** The comparison of the graph on screen with another. */
export const useCompare = create<CompareState>()(() => NOTHING);

let abort = new AbortController();

/** How the graph on screen was asked for, whether the server or a file gave it, but for its target. */
function askedFirst(): Asked | null {
  const { graph } = useCircuit.getState();
  if (!graph) return null;
  const { sources } = promptOfGraph(graph);
  return {
    ...DEFAULT_QUESTION,
    model: graph.model,
    prompt: graph.prompt,
    mode: modeOf(graph),
    prependBos: hasPrependedBos(graph),
    ...(sources && { sources }),
    ...(graph.question && { maxNodes: graph.question.maxNodes }),
  };
}

function show(other: AttributionGraph): void {
  const { graph } = useCircuit.getState();
  if (!graph) return;
  const found = { edges: graph.edges, differences: differencesOf(graph, other) };
  useCompare.setState({ other, found, job: null });
}

/** Computes the circuit of the second prompt, asked as the first was, and compares the two. */
export async function compareWith(prompt: string): Promise<void> {
  const first = askedFirst();
  if (!first) return;
  abort.abort();
  abort = new AbortController();
  const { signal } = abort;
  const { target, minus } = useCompare.getState();
  // The position is that of the first prompt; of another one the end is explained.
  const asked: Asked = { ...first, prompt, target, minus, position: null };
  const since = performance.now();
  useCompare.setState({ prompt, job: { status: 'running', asked, progress: null, since } });
  try {
    const json = await postCircuit(requestOf(asked), signal, (progress) => {
      if (!signal.aborted) {
        useCompare.setState({ job: { status: 'running', asked, progress, since } });
      }
    });
    if (!signal.aborted) show(readGraphJson(json));
  } catch (thrown) {
    // A later question has its own job by now.
    if (abort.signal !== signal) return;
    const job: Job = signal.aborted
      ? { status: 'cancelled', asked }
      : { status: 'failed', asked, error: toLoupeError(thrown).toBody() };
    useCompare.setState({ job });
  }
}

export function cancelComparison(): void {
  abort.abort();
}

/** Compares with a graph that was saved. */
export async function compareWithFile(file: File): Promise<void> {
  const asked = askedFirst();
  if (!asked) return;
  abort.abort();
  try {
    show(await readGraphFile(file));
  } catch (thrown) {
    const error = toLoupeError(thrown).toBody();
    useCompare.setState({ job: { status: 'failed', asked, error } });
  }
}

/** Forgets the second graph. */
export function endComparison(): void {
  abort.abort();
  useCompare.setState(NOTHING);
}
