import {
  type AttributionGraph,
  type ErrorBody,
  type InterventionResponse,
  predictChanges,
  toLoupeError,
} from '@loupe/shared';
import { create } from 'zustand';
import { postIntervention } from '../../api/interventions.ts';
import { say } from '../../stores/announcer.ts';
import { useCircuit } from '../../stores/circuit/store.ts';
import { engineSettled, isAway, missServer, onServerBack } from '../../stores/server.ts';
import { featureOf } from '../detail/feature-info.ts';
import { type Change, relativeChanges, wireChange } from './changes.ts';
import { type Experiment, experimentOnScreen } from './experiment.ts';

/** What an intervention came to. */
export interface Outcome {
  graph: AttributionGraph;
  changes: readonly Change[];
  answer: InterventionResponse;
  /** Change of each node that the graph predicts; undefined where it predicts nothing. */
  predicted: Float64Array | undefined;
}

interface InterventionState {
  changes: readonly Change[];
  /** Lists of changes to go back to, oldest first. */
  past: readonly (readonly Change[])[];
  running: boolean;
  error: ErrorBody | null;
  outcome: Outcome | null;
}

const NOTHING: InterventionState = {
  changes: [],
  past: [],
  running: false,
  error: null,
  outcome: null,
};

/** The intervention that the reader is making. */
export const useInterventions = create<InterventionState>()(() => NOTHING);

/** Features whose activations are told: those that are predicted to move most. */
const OBSERVED = 24;

let abort = new AbortController();

/** Carries the changes out, as they stand; without any the result goes. */
async function carryOut(): Promise<void> {
  abort.abort();
  abort = new AbortController();
  const { signal } = abort;
  const { changes } = useInterventions.getState();
  if (!useCircuit.getState().graph || changes.length === 0) {
    return useInterventions.setState({ running: false, error: null, outcome: null });
  }
  useInterventions.setState({ running: true, error: null });
  try {
    const { graph, request } = experimentOnScreen() as Experiment;
    const relative = relativeChanges(graph, changes);
    const predicted = relative && predictChanges(graph, relative);
    await engineSettled(signal);
    const answer = await postIntervention(
      {
        ...request,
        changes: changes.map(wireChange),
        ...(predicted && { observe: observedOf(graph, predicted) }),
      },
      signal,
    );
    if (signal.aborted) return;
    const outcome = { graph, changes, answer, predicted };
    useInterventions.setState({ running: false, outcome });
    say('The intervention is done.');
  } catch (thrown) {
    // A later one has its own state by now.
    if (abort.signal !== signal) return;
    const error = signal.aborted ? null : toLoupeError(thrown).toBody();
    useInterventions.setState({ running: false, error });
    if (error && isAway(error)) missServer(error);
  }
}

function observedOf(graph: AttributionGraph, predicted: Float64Array) {
  return graph.nodes
    .flatMap((node, index) => {
      const feature = featureOf(node);
      const size = Math.abs(predicted[index] as number);
      return feature !== undefined && size > 0 ? [{ feature, position: node.position, size }] : [];
    })
    .sort((a, b) => b.size - a.size)
    .slice(0, OBSERVED)
    .map(({ feature, position }) => ({ feature, position }));
}

function become(changes: readonly Change[]): void {
  const { changes: before, past } = useInterventions.getState();
  useInterventions.setState({ changes, past: [...past, before] });
  void carryOut();
}

/** Adds changes, or replaces those of the same subjects, and carries all out. */
export function addChanges(added: readonly Change[]): void {
  const keys = new Set(added.map(({ key }) => key));
  const { changes } = useInterventions.getState();
  become([...changes.filter(({ key }) => !keys.has(key)), ...added]);
}

export function replaceChange(change: Change): void {
  const { changes } = useInterventions.getState();
  become(changes.map((one) => (one.key === change.key ? change : one)));
}

export function removeChange(key: string): void {
  become(useInterventions.getState().changes.filter((change) => change.key !== key));
}

/** Takes all changes back. */
export function clearChanges(): void {
  become([]);
}

/** Goes back to the changes before the last step. */
export function undoChange(): void {
  const { past } = useInterventions.getState();
  const changes = past.at(-1);
  if (!changes) return;
  useInterventions.setState({ changes, past: past.slice(0, -1) });
  void carryOut();
}

/** Stops what is being carried out. */
export function cancelIntervention(): void {
  abort.abort();
}

// What was done to one graph says nothing of another.
useCircuit.subscribe(({ graph }, before) => {
  if (graph?.edges === before.graph?.edges) return;
  abort.abort();
  useInterventions.setState(NOTHING);
});

onServerBack(() => {
  if (isAway(useInterventions.getState().error)) void carryOut();
});
