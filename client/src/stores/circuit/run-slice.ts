import {
  type AttributionGraph,
  type CircuitRequest,
  emptyView,
  explainingSources,
  type GraphView,
  readGraphJson,
  toLoupeError,
} from '@loupe/shared';
import type { StateCreator } from 'zustand';
import { postCircuit } from '../../api/circuits-stream.ts';
import { promptNow } from '../prompt/attempt.ts';
import { usePrompt } from '../prompt/store.ts';
import {
  engineSettled,
  isAway,
  lookAtServer,
  missServer,
  onServerBack,
  useServer,
} from '../server.ts';
import { type Asked, type CircuitState, DEFAULT_QUESTION, type RunSlice } from './state.ts';

/** What is asked of the server. */
export function requestOf(asked: Asked) {
  const { model, prompt, target, minus, position, mode, maxNodes } = asked;
  const { firstPosition, prependBos, sources } = asked;
  const request: CircuitRequest = {
    model,
    prompt,
    mode,
    maxNodes,
    ...(!firstPosition && { firstPosition }),
    ...(prependBos !== undefined && { prependBos }),
    ...(sources && { sources }),
    target: {
      ...(target !== null && { tokens: [target] }),
      ...(target !== null && minus !== null && { minus: [minus] }),
      ...(position !== null && { position }),
    },
  };
  return request;
}

/**
 * What of a reader's view another graph can take over: the thresholds always; pins, groups and labels
 * as far as the nodes are there.
 */
export function carryView(view: Partial<GraphView>, graph: AttributionGraph): GraphView {
  const ids = new Set(graph.nodes.map(({ id }) => id));
  const { clicked, pinned = [], groups = [], labels = {}, places = {}, ...thresholds } = view;
  return {
    ...graph.view,
    ...thresholds,
    pinned: pinned.filter((id) => ids.has(id)),
    groups: groups
      .map((group) => ({ ...group, members: group.members.filter((id) => ids.has(id)) }))
      .filter(({ members }) => members.length > 0),
    labels: Object.fromEntries(Object.entries(labels).filter(([id]) => ids.has(id))),
    places,
    clicked: clicked !== undefined && ids.has(clicked) ? clicked : undefined,
  };
}

/** True when two questions are about the same token of the same prompt on the same model. */
export function sameTarget(one: Asked, other: Asked): boolean {
  return (['model', 'prompt', 'target', 'minus', 'position'] as const).every(
    (key) => one[key] === other[key],
  );
}

/** A question with the sources that it names, if it names any that are installed. */
function withSources(asked: Asked): Asked {
  const { attention, mlp } = asked;
  const known = useServer.getState().models?.find(({ id }) => id === asked.model);
  if (!known || (attention ?? mlp) === undefined) return asked;
  const sources = explainingSources(known.sources, {
    ...(attention !== undefined && { attention }),
    ...(mlp !== undefined && { mlp }),
  });
  return { ...asked, sources: sources.map(({ id }) => id) };
}

export const createRunSlice: StateCreator<CircuitState, [], [], RunSlice> = (set, get) => {
  let abort = new AbortController();

  async function compute(asked: Asked): Promise<void> {
    abort.abort();
    abort = new AbortController();
    const { signal } = abort;
    const since = performance.now();
    set({ job: { status: 'running', asked, progress: null, since } });
    try {
      await engineSettled(signal);
      const json = await postCircuit(requestOf(asked), signal, (progress) => {
        if (!signal.aborted) set({ job: { status: 'running', asked, progress, since } });
      });
      const graph = readGraphJson(json);
      if (signal.aborted) return;
      const { origin, restoring, view } = get();
      const carried = origin?.from === 'server' && sameTarget(origin.asked, asked) ? view : null;
      const { nodeThreshold, edgeThreshold } = view;
      const kept = restoring ?? carried ?? { nodeThreshold, edgeThreshold };
      get().show({ ...graph, view: carryView(kept, graph) }, { from: 'server', asked });
    } catch (thrown) {
      // A later question has its own job by now.
      if (abort.signal !== signal) return;
      if (signal.aborted) return set({ job: { status: 'cancelled', asked } });
      const error = toLoupeError(thrown).toBody();
      set({ job: { status: 'failed', asked, error } });
      if (error && isAway(error)) missServer(error);
      else lookAtServer();
    }
  }

  onServerBack(() => {
    const { job } = get();
    if (job?.status === 'failed' && isAway(job.error)) void compute(job.asked);
  });

  return {
    question: DEFAULT_QUESTION,
    job: null,
    graph: null,
    origin: null,
    shownUnder: null,
    restoring: null,

    ask(change) {
      set({ question: { ...get().question, ...change } });
    },

    explain(change = {}) {
      get().ask(change);
      const { model, text } = usePrompt.getState();
      // Of nothing, nothing can be explained.
      if (model === '' || text === '') return;
      void compute(withSources({ ...get().question, model, prompt: text }));
    },

    cancel() {
      abort.abort();
    },

    dismiss() {
      // A link that came to nothing is not asked again.
      if (get().job?.status !== 'running') set({ job: null, restoring: null });
    },

    forget() {
      abort.abort();
      abort = new AbortController();
      set({ job: null, restoring: null, question: DEFAULT_QUESTION });
      // A file's graph is in no address, so that no address takes it away.
      if (get().origin?.from === 'file') return;
      set({
        graph: null,
        origin: null,
        view: emptyView(),
        hovered: null,
        marked: [],
        past: [],
        future: [],
      });
      get().settle();
    },

    restore({ question, view }) {
      abort.abort();
      abort = new AbortController();
      set({ job: null, question, restoring: view });
    },

    show(graph, origin) {
      set({
        graph,
        origin,
        shownUnder: promptNow(usePrompt.getState()),
        view: graph.view,
        job: null,
        restoring: null,
        hovered: null,
        marked: [],
        past: [],
        future: [],
      });
      get().settle();
    },
  };
};
