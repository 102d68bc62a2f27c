import type { CircuitRequest, GraphMode } from '@loupe/shared';
import { circuitsJob } from '../../jobs/circuits.ts';
import type { LoadedModel } from '../../jobs/loaded-model.ts';
import type { CircuitRun, Phase } from './circuits-report.ts';

/** Runs the job that the page asks for, and tells how long each part of it took. */
export function runCircuit(
  model: LoadedModel,
  tokens: readonly number[],
  mode: GraphMode,
  maxNodes: number,
): CircuitRun {
  const request: CircuitRequest = {
    model: model.id,
    tokens: [...tokens],
    prependBos: false,
    mode,
    maxNodes,
  };
  const phases: Record<Phase, number> = { model: 0, encode: 0, trace: 0, finish: 0 };
  let phase: Phase = 'model';
  let found: Pick<CircuitRun, 'nodes' | 'edges' | 'quality'> | undefined;
  let features = 0;
  const started = performance.now();
  let since = started;
  for (const event of circuitsJob(request, () => model)) {
    if (event?.type === 'progress') {
      // A phase begins when its predecessor's last step is reported.
      const now = performance.now();
      phases[phase] += now - since;
      since = now;
      phase = event.done === event.total ? next(event.phase) : event.phase;
    } else if (event?.type === 'graph') {
      const { nodes, edges, graph } = event;
      if (graph.quality) found = { nodes, edges, quality: graph.quality };
    } else if (event?.type === 'nodes') {
      features += event.nodes.filter(({ kind }) => kind === 'attention' || kind === 'mlp').length;
    }
  }
  const ended = performance.now();
  phases.finish += ended - since;
  if (!found) throw new Error('the job gave no graph');
  return { whole: ended - started, phases, features, ...found };
}

function next(phase: Phase): Phase {
  return phase === 'model' ? 'encode' : phase === 'encode' ? 'trace' : 'finish';
}
