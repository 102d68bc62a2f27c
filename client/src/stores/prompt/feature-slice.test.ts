import type { FeatureInfo, FeaturesRequest } from '@loupe/shared';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Run } from './run.ts';
import { usePrompt } from './store.ts';

const first = usePrompt.getState();
const IDS = ['0-mlp-demo/1', '4-res/2', '1-mlp-demo/3'];

let asked: string[][] = [];
let answer: (ids: string[]) => Response;

beforeEach(() => {
  asked = [];
  vi.stubGlobal('fetch', async (_: string, { body }: RequestInit) => {
    const { features } = JSON.parse(String(body)) as FeaturesRequest;
    asked.push(features);
    return answer(features);
  });
  usePrompt.setState({ ...first, features: new Map(), featureFailures: new Map() });
  const run = { model: 'demo', status: 'complete', stored: false } as Run;
  usePrompt.setState({ run });
});
afterEach(() => {
  usePrompt.setState({ run: null });
  vi.unstubAllGlobals();
});

function described(ids: string[]): FeatureInfo[] {
  return ids.map((id) => ({
    id,
    source: '0-mlp-demo',
    index: 1,
    kind: 'mlp',
    layer: 0,
    promotes: [],
    demotes: [],
  }));
}

test('features that can be described are shown beside the reason why one cannot', async () => {
  answer = (ids) =>
    Response.json({
      features: described(ids.filter((id) => id !== '4-res/2')),
      errors: [{ id: '4-res/2', code: 'LOUPE_BAD_FILE', message: 'Its file is damaged.' }],
    });
  usePrompt.getState().requestFeatures(IDS);
  await vi.waitFor(() => expect(usePrompt.getState().features.size).toBe(2));
  expect([...usePrompt.getState().featureFailures]).toEqual([['4-res/2', 'Its file is damaged.']]);
  usePrompt.getState().requestFeatures(IDS);
  await new Promise((resolve) => setTimeout(resolve, 60));
  expect(asked).toHaveLength(1);
});

test('a request that fails because of one source is asked again source by source', async () => {
  answer = (ids) =>
    ids.includes('4-res/2')
      ? Response.json({ code: 'LOUPE_INTERNAL', message: 'See the log.' }, { status: 500 })
      : Response.json({ features: described(ids) });
  usePrompt.getState().requestFeatures(IDS);
  await vi.waitFor(() => expect(usePrompt.getState().features.size).toBe(2));
  await vi.waitFor(() => expect(usePrompt.getState().featureFailures.size).toBe(1));
  expect(asked).toEqual([IDS, ...IDS.map((id) => [id])]);
  usePrompt.getState().requestFeatures(IDS);
  await new Promise((resolve) => setTimeout(resolve, 60));
  expect(asked).toHaveLength(4);
});

test('a server that is busy is asked again with the next run', async () => {
  answer = () => Response.json({ code: 'LOUPE_QUEUE_FULL', message: 'Wait.' }, { status: 503 });
  usePrompt.getState().requestFeatures(IDS);
  await vi.waitFor(() => expect(asked).toHaveLength(1));
  answer = (ids) => Response.json({ features: described(ids) });
  await vi.waitFor(() => {
    usePrompt.getState().requestFeatures([]);
    expect(usePrompt.getState().features.size).toBe(3);
  });
  expect(usePrompt.getState().featureFailures.size).toBe(0);
});
