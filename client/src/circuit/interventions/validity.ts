import {
  type AblationsResponse,
  type AttributionGraph,
  type ErrorBody,
  type PredictedAblation,
  predictedAblations,
  toLoupeError,
  type Validity,
  validity,
} from '@loupe/shared';
import { create } from 'zustand';
import { postAblations } from '../../api/interventions.ts';
import { useCircuit } from '../../stores/circuit/store.ts';
import { engineSettled, isAway, missServer, onServerBack } from '../../stores/server.ts';
import { experimentOnScreen } from './experiment.ts';

/** How well a graph foresees what ablations do. */
export interface Measured {
  graph: AttributionGraph;
  predicted: readonly PredictedAblation[];
  effects: AblationsResponse['effects'];
  figures: readonly Validity[];
}

interface ValidityState {
  /** Null while nothing is measured. */
  progress: { done: number; total: number } | null;
  error: ErrorBody | null;
  measured: Measured | null;
}

const NOTHING: ValidityState = { progress: null, error: null, measured: null };

/** The measurement of a graph's validity. */
export const useValidity = create<ValidityState>()(() => NOTHING);

let abort = new AbortController();
/** Features that were to be ablated last. */
let lastCount = 0;

/** Ablates the features that the graph says matter most, one at a time. */
export async function measureValidity(count: number): Promise<void> {
  abort.abort();
  abort = new AbortController();
  const { signal } = abort;
  try {
    const experiment = experimentOnScreen();
    if (!experiment) return;
    const { graph, request } = experiment;
    const logit = graph.nodes.findIndex(({ kind }) => kind === 'logit');
    const predicted = predictedAblations(graph, logit, count);
    if (predicted.length === 0) return;
    const ablate = predicted.map(({ feature, position }) => ({ feature, position }));
    useValidity.setState({ progress: { done: 0, total: ablate.length }, error: null });
    lastCount = count;
    await engineSettled(signal);
    const { effects } = await postAblations({ ...request, ablate }, signal, ({ done, total }) => {
      if (!signal.aborted) useValidity.setState({ progress: { done, total } });
    });
    if (signal.aborted) return;
    const runs = ['frozen', 'free'] as const;
    const figures = runs.map((run) => validity(predicted, effects, 0, run));
    useValidity.setState({ progress: null, measured: { graph, predicted, effects, figures } });
  } catch (thrown) {
    // A later measurement has its own state by now.
    if (abort.signal !== signal) return;
    const error = signal.aborted ? null : toLoupeError(thrown).toBody();
    useValidity.setState({ progress: null, error });
    if (error && isAway(error)) missServer(error);
  }
}

export function cancelValidity(): void {
  abort.abort();
}

// What was measured of one graph says nothing of another.
useCircuit.subscribe(({ graph }, before) => {
  if (graph?.edges === before.graph?.edges) return;
  abort.abort();
  useValidity.setState(NOTHING);
});

onServerBack(() => {
  if (isAway(useValidity.getState().error)) void measureValidity(lastCount);
});
