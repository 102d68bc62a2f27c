import {
  type AttributionGraph,
  hasPrependedBos,
  LoupeError,
  logitTexts,
  modeOf,
  promptOfGraph,
  readGraphJson,
  toLoupeError,
} from '@loupe/shared';
import { create } from 'zustand';
import { postCircuit } from '../../api/circuits-stream.ts';
import { requestOf } from '../../stores/circuit/run-slice.ts';
import {
  type Asked,
  DEFAULT_QUESTION,
  type Job,
  type Question,
} from '../../stores/circuit/state.ts';
import { useCircuit } from '../../stores/circuit/store.ts';
import { engineSettled, isAway, missServer, onServerBack } from '../../stores/server.ts';
import { readGraphFile } from '../file/read-graph-file.ts';
import { type Differences, differencesOf } from './differences.ts';

/** Which token is explained, and which it is told from. */
type Contrast = Pick<Question, 'target' | 'minus'>;

interface CompareState {
  /** What the second graph is to be of. */
  prompt: string;
  /** What is asked of it, and beside which first graph that was chosen; null: what the first was. */
  chosen: (Contrast & { beside: AttributionGraph['edges'] }) | null;
  job: Job | null;
  /** The second graph; null before there is any. */
  other: AttributionGraph | null;
  /** The first graph at the time, and what differs. */
  found: { edges: AttributionGraph['edges']; differences: Differences } | null;
}

const NOTHING: CompareState = {
  prompt: '',
  chosen: null,
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
    firstPosition: graph.question?.firstPosition ?? true,
  };
}

/** What the graph on screen explains; of a file, as far as one token or a difference of two tells it. */
export function contrastOfFirst(): Contrast {
  const { graph, origin } = useCircuit.getState();
  if (origin?.from === 'server') return origin.asked;
  const logits = graph?.nodes.filter(({ kind }) => kind === 'logit') ?? [];
  const named = graph?.question?.target.probability === undefined && logits.length === 1;
  const { tokens = [], minus = [] } = (named && logitTexts(logits[0]?.label ?? '')) || {};
  const one = tokens.length === 1 && minus.length <= 1;
  return { target: one ? (tokens[0] ?? null) : null, minus: one ? (minus[0] ?? null) : null };
}

/** What the second prompt is asked: the same as the first, until the reader has chosen otherwise. */
export function askedSecond({ chosen } = useCompare.getState()): Contrast {
  const { graph } = useCircuit.getState();
  const { target, minus } = chosen?.beside === graph?.edges && chosen ? chosen : contrastOfFirst();
  return { target, minus };
}

/** Asks the second prompt something else than the first was. */
export function chooseSecond(contrast: Contrast): void {
  const { graph } = useCircuit.getState();
  if (graph) useCompare.setState({ chosen: { ...contrast, beside: graph.edges } });
}

/** @throws LoupeError `LOUPE_BAD_GRAPH` where the two are of different models */
function show(other: AttributionGraph): void {
  const { graph } = useCircuit.getState();
  if (!graph) return;
  if (other.model !== graph.model) {
    throw new LoupeError(
      'LOUPE_BAD_GRAPH',
      `The graph on screen is of the model ${graph.model}, and the other of ${other.model}. ` +
        'Graphs of one model can be compared.',
    );
  }
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
  const { target, minus } = askedSecond();
  // The position is that of the first prompt; of another one the end is explained.
  const asked: Asked = { ...first, prompt, target, minus, position: null };
  const since = performance.now();
  useCompare.setState({ prompt, job: { status: 'running', asked, progress: null, since } });
  try {
    await engineSettled(signal);
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
    if (job.status === 'failed' && isAway(job.error)) missServer(job.error);
  }
}

// What was found is about the graph that was on screen; the second prompt stays to be asked again.
useCircuit.subscribe(({ graph }, before) => {
  if (graph?.edges === before.graph?.edges) return;
  abort.abort();
  abort = new AbortController();
  useCompare.setState({ ...NOTHING, prompt: useCompare.getState().prompt });
});

onServerBack(() => {
  const { job } = useCompare.getState();
  if (job?.status === 'failed' && isAway(job.error)) void compareWith(job.asked.prompt);
});

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
