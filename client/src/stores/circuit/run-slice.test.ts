import { type CircuitRequest, writeGraphJson } from '@loupe/shared';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { smallGraph } from '../../../../shared/src/graph/fixtures/small-graph.ts';
import { HEALTHY } from '../../api/answers.fixture.ts';
import { usePrompt } from '../prompt/store.ts';
import { useServer } from '../server.ts';
import { carryView } from './run-slice.ts';
import { useCircuit } from './store.ts';

const get = useCircuit.getState;
const first = get();

interface Asking {
  body: CircuitRequest;
  signal: AbortSignal;
  send: (line: unknown) => void;
  end: () => void;
}
let asking: Asking[] = [];

function fakeFetch(url: string, { body, signal }: RequestInit): Promise<Response> {
  if (!url.endsWith('/circuits')) return Promise.resolve(Response.json(HEALTHY));
  const encoder = new TextEncoder();
  const stream = new ReadableStream<Uint8Array>({
    start(controller) {
      signal?.addEventListener('abort', () => controller.error(signal.reason));
      asking.push({
        body: JSON.parse(String(body)) as CircuitRequest,
        signal: signal as AbortSignal,
        send: (line) => {
          const bytes = encoder.encode(`${JSON.stringify(line)}\n`);
          // Cut in two, as a network may.
          controller.enqueue(bytes.slice(0, 7));
          controller.enqueue(bytes.slice(7));
        },
        end: () => controller.close(),
      });
    },
  });
  return Promise.resolve(new Response(stream));
}

/** The request that `act` makes. */
async function asked(act: () => void): Promise<Asking> {
  const before = asking.length;
  act();
  return vi.waitFor(() => {
    const one = asking[before];
    if (!one) throw new Error('not asked yet');
    return one;
  });
}

const graphLine = { type: 'graph', graph: writeGraphJson(smallGraph()) };

beforeEach(() => {
  asking = [];
  vi.stubGlobal('fetch', fakeFetch);
  useServer.setState({ health: { status: 'ok' } as never, problem: null, models: [] });
  usePrompt.setState({ model: 'demo', text: 'Mary to' });
  useCircuit.setState(first, true);
});

afterEach(() => vi.unstubAllGlobals());

test('asks for the token and the one it is told from, tells how far it is, and shows the graph', async () => {
  const request = await asked(() => get().explain({ target: ' Mary', minus: ' John' }));
  expect(request.body).toMatchObject({
    model: 'demo',
    prompt: 'Mary to',
    mode: 'features',
    target: { tokens: [' Mary'], minus: [' John'] },
  });
  const progress = { type: 'progress', phase: 'trace', done: 3, total: 8 };
  request.send(progress);
  await vi.waitFor(() => expect(get().job).toMatchObject({ status: 'running', progress }));
  request.send(graphLine);
  await vi.waitFor(() => expect(get().graph?.nodes).toHaveLength(8));
  expect(get()).toMatchObject({ job: null, origin: { from: 'server' } });
});

test('without a target the server takes the likeliest tokens', async () => {
  const request = await asked(() => get().explain({ minus: ' John', position: 1 }));
  expect(request.body.target).toEqual({ position: 1 });
});

test('an error of the stream is told with its code, and what was on screen stays', async () => {
  const request = await asked(() => get().explain());
  request.send(graphLine);
  await vi.waitFor(() => expect(get().graph).not.toBeNull());
  const again = await asked(() => get().explain({ target: ' Maryy' }));
  again.send({ type: 'error', error: { code: 'LOUPE_BAD_REQUEST', message: 'Two tokens.' } });
  await vi.waitFor(() =>
    expect(get().job).toMatchObject({ status: 'failed', error: { code: 'LOUPE_BAD_REQUEST' } }),
  );
  expect(get().graph?.nodes).toHaveLength(8);
});

test('a stream that breaks off is an error, not a wait without end', async () => {
  const request = await asked(() => get().explain());
  request.send({ type: 'progress', phase: 'model', done: 0, total: 1 });
  request.end();
  await vi.waitFor(() =>
    expect(get().job).toMatchObject({
      status: 'failed',
      error: { code: 'LOUPE_SERVER_UNREACHABLE' },
    }),
  );
});

test('an answer that is no graph is refused with its code', async () => {
  const request = await asked(() => get().explain());
  request.send({ type: 'graph', graph: { nodes: 'many' } });
  await vi.waitFor(() =>
    expect(get().job).toMatchObject({ status: 'failed', error: { code: 'LOUPE_BAD_GRAPH' } }),
  );
});

test('cancelling ends the request, and a later question replaces an earlier one', async () => {
  const one = await asked(() => get().explain());
  get().cancel();
  expect(one.signal.aborted).toBe(true);
  await vi.waitFor(() => expect(get().job?.status).toBe('cancelled'));
  const two = await asked(() => get().explain());
  const three = await asked(() => get().explain({ target: ' to' }));
  expect(two.signal.aborted).toBe(true);
  three.send(graphLine);
  await vi.waitFor(() => expect(get().graph).not.toBeNull());
  expect(get().job).toBeNull();
});

test('pins stay for the same question with another bound, and go with another question', async () => {
  (await asked(() => get().explain({ target: ' Mary' }))).send(graphLine);
  await vi.waitFor(() => expect(get().graph).not.toBeNull());
  get().togglePin('0_573_1');
  get().change({ nodeThreshold: 0.5 });
  let before = get().graph;
  (await asked(() => get().explain({ maxNodes: 1000 }))).send(graphLine);
  await vi.waitFor(() => expect(get().graph).not.toBe(before));
  expect(get().view).toMatchObject({ pinned: ['0_573_1'], nodeThreshold: 0.5 });
  before = get().graph;
  (await asked(() => get().explain({ target: ' John' }))).send(graphLine);
  await vi.waitFor(() => expect(get().graph).not.toBe(before));
  expect(get().view).toMatchObject({ pinned: [], nodeThreshold: 0.5 });
});

test('a view is carried over as far as its nodes are there', () => {
  const carried = carryView(
    {
      pinned: ['0_573_1', 'gone'],
      groups: [
        { label: 'names', members: ['0_573_1', 'gone'] },
        { label: 'nothing left', members: ['gone'] },
      ],
      labels: { gone: 'x', bias: 'the bias' },
      clicked: 'gone',
      edgeThreshold: 0.5,
    },
    smallGraph(),
  );
  expect(carried).toMatchObject({
    pinned: ['0_573_1'],
    groups: [{ label: 'names', members: ['0_573_1'] }],
    labels: { bias: 'the bias' },
    clicked: undefined,
    edgeThreshold: 0.5,
    nodeThreshold: 0.8,
  });
});
