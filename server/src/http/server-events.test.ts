import Fastify from 'fastify';
import { expect, test } from 'vitest';
import { sendServerEvents } from './server-events.ts';

test('while nothing happens a comment now and then keeps the connection', async () => {
  const app = Fastify();
  const end = new AbortController();
  app.get('/', (_request, reply) =>
    sendServerEvents(
      reply,
      async function* (signal) {
        yield { n: 1 };
        await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
      },
      { name: 'count', signal: end.signal, stallMs: 1000, heartbeatMs: 20 },
    ),
  );
  setTimeout(() => end.abort(), 1000);
  const { body, headers } = await app.inject('/');
  await app.close();
  expect(headers['content-type']).toBe('text/event-stream');
  const [event, ...comments] = body.split('\n\n').filter(Boolean);
  expect(event).toBe('event: count\ndata: {"n":1}');
  expect(comments.length).toBeGreaterThan(2);
  expect(new Set(comments)).toEqual(new Set([':']));
});

test('values that end, end the stream', async () => {
  const app = Fastify();
  let left = false;
  app.get('/', (_request, reply) =>
    sendServerEvents(
      reply,
      async function* () {
        try {
          yield 1;
          yield 2;
        } finally {
          left = true;
        }
      },
      { name: 'n', signal: new AbortController().signal, stallMs: 1000 },
    ),
  );
  expect((await app.inject('/')).body).toBe('event: n\ndata: 1\n\nevent: n\ndata: 2\n\n');
  await app.close();
  expect(left).toBe(true);
});
