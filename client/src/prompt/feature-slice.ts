import type { FeatureInfo } from '@loupe/shared';
import type { StateCreator } from 'zustand';
import { postFeatures } from '../api/resources.ts';
import type { FeatureSlice, PromptState } from './state.ts';

/** Features a request asks for at most; the server takes up to 2,048. */
const BATCH = 500;
/** Milliseconds in which calls are gathered into one request. */
const GATHER = 30;
const PROMOTED = 10;

export const createFeatureSlice: StateCreator<PromptState, [], [], FeatureSlice> = (
  set,
  get,
  store,
) => {
  const wanted = new Set<string>();
  const underway = new Set<string>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let model = '';

  async function load(ids: string[]): Promise<void> {
    const asked = model;
    for (const id of ids) underway.add(id);
    try {
      const answer = await postFeatures({ model: asked, features: ids, topK: PROMOTED });
      if (asked !== model) return;
      const features = new Map(get().features);
      for (const feature of answer.features) features.set(feature.id, feature);
      set({ features });
    } catch {
      // Asked for again with the next run; why the server failed shows itself there.
      if (asked === model) for (const id of ids) wanted.add(id);
    } finally {
      for (const id of ids) underway.delete(id);
    }
  }

  function flush(): void {
    timer = undefined;
    const ids = [...wanted];
    wanted.clear();
    for (let i = 0; i < ids.length; i += BATCH) void load(ids.slice(i, i + BATCH));
  }

  function gather(): void {
    // A stored run shows before the engine can answer for anything that it does not bring itself.
    if (get().run?.stored !== false || wanted.size === 0) return;
    if (!timer) timer = setTimeout(flush, GATHER);
  }

  store.subscribe(({ run }, before) => {
    if (run?.model !== before.run?.model) {
      model = run?.model ?? '';
      wanted.clear();
      underway.clear();
    }
    if (run?.status === 'complete' && before.run?.status !== 'complete') gather();
    if (run?.stored === false && before.run?.stored === true) gather();
  });

  return {
    features: new Map<string, FeatureInfo>(),

    requestFeatures(ids) {
      const { features } = get();
      for (const id of ids) if (!features.has(id) && !underway.has(id)) wanted.add(id);
      gather();
    },
  };
};
