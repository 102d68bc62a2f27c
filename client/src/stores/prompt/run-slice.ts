import { type ModelInfo, toLoupeError } from '@loupe/shared';
import type { StateCreator } from 'zustand';
import { postLogitLens } from '../../api/resources.ts';
import { debounce } from '../debounce.ts';
import {
  engineSettled,
  isAway,
  lookAtServer,
  missServer,
  onServerBack,
  useServer,
} from '../server.ts';
import { attempt, countArrived, isLive } from './attempt.ts';
import { carryLens, carrySelection } from './carry.ts';
import { rememberedSets, rememberSets } from './chosen-sets.ts';
import { execute, newRun } from './execute.ts';
import type { Run } from './run.ts';
import { showSparingly } from './sparing.ts';
import type { PromptState, RunSlice } from './state.ts';
import { chosenSources } from './variants.ts';

/** Milliseconds without a keystroke after which the prompt is run. */
const TYPING_PAUSE = 150;
/** Milliseconds of waiting after which the server is asked how it fares. */
const LONG_WAIT = 1_000;
const LENS_CANDIDATES = 10;

function modelInfo(id: string): ModelInfo | undefined {
  return useServer.getState().models?.find((model) => model.id === id);
}

export const createRunSlice: StateCreator<PromptState, [], [], RunSlice> = (set, get) => {
  let abort = new AbortController();
  const runTyped = debounce(() => {
    const { model, text } = get();
    if (text === '') clear();
    else void start(model, text);
  }, TYPING_PAUSE);

  /** Puts a run on screen, or what has changed in the one that is there. */
  function show(next: Run, first: boolean): void {
    if (!first) {
      set({ run: next });
      return;
    }
    const { run: before, selection, followEnd, restoring, features, filters } = get();
    const carried = restoring
      ? restoring(next)
      : carrySelection(before, next, selection, followEnd);
    set({
      run: { ...next, lens: next.lens ?? carryLens(before, next) },
      pending: null,
      restoring: null,
      features: before && before.model !== next.model ? new Map() : features,
      filters: next.sources.some(({ set }) => set === filters.set)
        ? filters
        : { ...filters, set: null },
      ...carried,
    });
  }

  async function loadLens(run: Run, signal: AbortSignal): Promise<void> {
    const { model, prompt } = run;
    try {
      const lens = await postLogitLens({ model, prompt, topK: LENS_CANDIDATES }, signal);
      const shown = get().run;
      if (!signal.aborted && shown) set({ run: { ...shown, lens } });
    } catch (thrown) {
      const error = toLoupeError(thrown).toBody();
      const shown = get().run;
      if (!signal.aborted && shown) set({ run: { ...shown, lens: undefined, lensError: error } });
      if (error && isAway(error)) missServer(error);
    }
  }

  async function start(model: string, prompt: string): Promise<void> {
    runTyped.cancel();
    abort.abort();
    abort = new AbortController();
    const { signal } = abort;
    // A run that was left midway would otherwise go on looking as if it grew.
    const { run: shown } = get();
    if (shown && isLive(shown)) set({ run: { ...shown, status: 'cancelled' } });
    const waiting = newRun(model, prompt);
    set({ model, text: prompt, pending: waiting });

    try {
      await engineSettled(signal);
    } catch {
      if (get().pending === waiting) set({ pending: { ...waiting, status: 'cancelled' } });
      return;
    }

    // What is on screen already, stored or not, gives way only to the whole of the same.
    const again = shown?.status === 'complete' && shown.prompt === prompt && shown.model === model;
    const slow = setTimeout(lookAtServer, LONG_WAIT);
    const screen = showSparingly<Run>((run, first) => {
      show(first ? run : { ...run, lens: get().run?.lens }, first);
    });
    signal.addEventListener('abort', screen.stop);
    const info = modelInfo(model);
    const sources = chosenSources(info, get().variants, get().sets[model]);
    const last = await execute(info, waiting, sources, signal, (run) => {
      if (abort.signal !== signal || !isLive(run)) return;
      if (countArrived(run) > 0 && !again) screen.update(run);
      else set({ pending: run });
    });
    clearTimeout(slow);
    if (abort.signal !== signal) return;
    if (last.status === 'complete' || countArrived(last) > 0) screen.finish(last);
    else set({ pending: last });
    if (last.status === 'complete') await loadLens(last, signal);
    else if (last.error && isAway(last.error)) missServer(last.error);
    else if (last.status === 'failed' || last.status === 'cut') lookAtServer();
  }

  /** Forgets the run on screen and the one on its way: there is nothing to run. */
  function clear(): void {
    runTyped.cancel();
    abort.abort();
    abort = new AbortController();
    set({
      text: '',
      run: null,
      pending: null,
      restoring: null,
      selection: { position: 0, source: null },
      followEnd: true,
    });
  }

  /** Runs what is there once more, with what has been chosen since. */
  function runAgain(): void {
    const last = attempt(get());
    if (last) get().runNow({ prompt: last.prompt });
  }

  // A run that the server's going broke off goes on by itself; its notice goes with that.
  onServerBack(() => {
    const { run, pending } = get();
    const last = attempt({ run, pending });
    if (last && (isAway(last.error) || last.status === 'cut')) {
      void start(last.model, last.prompt);
    } else if (run?.status === 'complete' && isAway(run.lensError)) {
      void loadLens(run, abort.signal);
    }
  });

  return {
    model: '',
    text: '',
    run: null,
    pending: null,
    restoring: null,
    variants: [],
    sets: rememberedSets(),
    explicit: 0,

    setText(text) {
      set({ text });
      const { run, pending, model } = get();
      const shown = run?.prompt === text && !run.stored && !pending;
      if (model !== '' && !shown) runTyped();
      else runTyped.cancel();
    },

    runNow({ prompt = get().text, model = get().model } = {}) {
      set({ text: prompt, explicit: get().explicit + 1 });
      if (model === '') return;
      if (prompt !== '') return void start(model, prompt);
      set({ model });
      clear();
    },

    chooseModel(id) {
      const { text, run, pending, runNow } = get();
      const example = modelInfo(id)?.examples[0]?.prompt;
      if (text !== '' || run || pending) runNow({ model: id });
      else if (example !== undefined) runNow({ model: id, prompt: example });
      else set({ model: id });
    },

    chooseVariants(variants) {
      set({ variants });
      runAgain();
    },

    chooseSets(chosen) {
      const { model, sets } = get();
      const { [model]: _, ...others } = sets;
      set({ sets: chosen ? { ...others, [model]: chosen } : others });
      rememberSets(model, chosen);
      runAgain();
    },

    cancel() {
      runTyped.cancel();
      abort.abort();
    },

    showStored(stored, features) {
      set({
        model: stored.model,
        text: stored.prompt,
        features: new Map(features.map((feature) => [feature.id, feature])),
      });
      show(stored, true);
    },
  };
};
