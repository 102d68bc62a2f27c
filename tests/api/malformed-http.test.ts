import { type AddressInfo, connect } from 'node:net';
import { text } from 'node:stream/consumers';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { listen, testApp } from './support/test-app.ts';

let app: FastifyInstance;
beforeAll(async () => {
  app = await testApp();
  await listen(app);
});
afterAll(() => app.close());

/** What the server answers to raw bytes. */
async function answerTo(bytes: string): Promise<{ status: number; body: string }> {
  const socket = connect((app.server.address() as AddressInfo).port, '127.0.0.1');
  socket.write(bytes);
  const answer = await text(socket);
  const [head = '', body = ''] = answer.split('\r\n\r\n');
  return { status: Number(head.split(' ')[1]), body };
}

test.each([
  ['what is no HTTP', 'HELLO\r\n\r\n', 400],
  ['headers without end', `GET / HTTP/1.1\r\nHost: localhost\r\nX: ${'x'.repeat(20_000)}`, 431],
])('%s is refused in JSON', async (_, bytes, status) => {
  const answer = await answerTo(bytes);
  expect(answer.status).toBe(status);
  expect(JSON.parse(answer.body).code).toBe('LOUPE_BAD_REQUEST');
});

test('a request without a host is refused', async () => {
  const { status, body } = await answerTo('GET /api/v1/health HTTP/1.0\r\n\r\n');
  expect(status).toBe(403);
  expect(JSON.parse(body).code).toBe('LOUPE_FORBIDDEN_HOST');
});
