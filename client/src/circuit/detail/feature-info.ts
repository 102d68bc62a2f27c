import { type FeatureInfo, featureId, type GraphNode } from '@loupe/shared';
import { useEffect } from 'react';
import { create } from 'zustand';
import { postFeatures } from '../../api/resources.ts';
import { useServer } from '../../stores/server.ts';

const PROMOTED = 10;

/** What the weights say of features, by model and feature id; null while it is being asked for. */
const useKnown = create<ReadonlyMap<string, FeatureInfo | null>>()(() => new Map());

function keep(key: string, info: FeatureInfo | null | undefined): void {
  const known = new Map(useKnown.getState());
  if (info === undefined) known.delete(key);
  else known.set(key, info);
  useKnown.setState(known, true);
}

async function load(model: string, id: string, key: string): Promise<void> {
  keep(key, null);
  try {
    const { features } = await postFeatures({ model, features: [id], topK: PROMOTED });
    keep(key, features[0]);
  } catch {
    // Asked for again when the node is chosen again; that the server is gone is told elsewhere.
    keep(key, undefined);
  }
}

/** The feature id of a node, `3-att-demo/213`; undefined for other kinds of nodes. */
export function featureOf({ kind, source, feature }: GraphNode): string | undefined {
  const isFeature = (kind === 'attention' || kind === 'mlp') && source !== undefined;
  return isFeature ? featureId(source, feature) : undefined;
}

/** What a node's feature promotes, once that has arrived; undefined too if its source is not installed. */
export function useFeatureInfo(model: string, node: GraphNode): FeatureInfo | undefined {
  const id = featureOf(node);
  const key = `${model} ${id}`;
  const installed = useServer(
    ({ models }) =>
      models?.some(
        (one) => one.id === model && one.sources.some((source) => source.id === node.source),
      ) ?? false,
  );
  const returns = useServer((state) => state.returns);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a server that is back is asked again
  useEffect(() => {
    if (id !== undefined && installed && !useKnown.getState().has(key)) void load(model, id, key);
  }, [model, id, key, installed, returns]);
  return useKnown((known) => known.get(key)) ?? undefined;
}
