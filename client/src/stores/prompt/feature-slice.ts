import { type FeatureInfo, LoupeError, parseFeatureId } from '@loupe/shared';
import type { StateCreator } from 'zustand';
import { postFeatures } from '../../api/resources.ts';
import { onServerBack } from '../server.ts';
import type { FeatureSlice, PromptState } from './state.ts';

/** Features a request asks for at most; the server takes up to 2,048. */
const BATCH = 500;
/** Milliseconds in which calls are gathered into one request. */
const GATHER = 30;
const PROMOTED = 10;

/** The server was there and would not, so that asking the same again is of no use. */
function isRefusal(error: unknown): error is LoupeError {
  if (!(error instanceof LoupeError) || error.code === 'LOUPE_RATE_LIMITED') return false;
  return error.code === 'LOUPE_INTERNAL' || error.status < 500;
}

/** Feature ids, those of one source together. */
function bySource(ids: readonly string[]): string[][] {
  const groups = new Map<string, string[]>();
  for (const id of ids) {
    const source = parseFeatureId(id)?.source ?? id;
    groups.set(source, [...(groups.get(source) ?? []), id]);
  }
  return [...groups.values()];
}

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
    let again: string[][] = [];
    try {
      const answer = await postFeatures({ model: asked, features: ids, topK: PROMOTED });
      if (asked === model) keep(answer.features, answer.errors ?? []);
    } catch (error) {
      if (asked !== model) return;
      const parts = bySource(ids);
      // Asked for again with the next run; why the server is not there shows itself there.
      if (!isRefusal(error)) for (const id of ids) wanted.add(id);
      // What one source has may not keep the others from being shown.
      else if (parts.length > 1) again = parts;
      else
        keep(
          [],
          ids.map((id) => ({ id, message: error.message })),
        );
    } finally {
      for (const id of ids) underway.delete(id);
      for (const some of again) void load(some);
    }
  }

  function keep(
    arrived: readonly FeatureInfo[],
    failed: readonly { id: string; message: string }[],
  ) {
    const features = new Map(get().features);
    for (const feature of arrived) features.set(feature.id, feature);
    const featureFailures = new Map(get().featureFailures);
    for (const { id, message } of failed) featureFailures.set(id, message);
    set({ features, featureFailures });
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
      set({ featureFailures: new Map() });
    }
    if (run?.status === 'complete' && before.run?.status !== 'complete') gather();
    if (run?.stored === false && before.run?.stored === true) gather();
  });

  onServerBack(gather);

  return {
    features: new Map<string, FeatureInfo>(),
    featureFailures: new Map<string, string>(),

    requestFeatures(ids) {
      const { features, featureFailures } = get();
      for (const id of ids) {
        if (!features.has(id) && !featureFailures.has(id) && !underway.has(id)) wanted.add(id);
      }
      gather();
    },
  };
};
