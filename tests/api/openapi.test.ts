import { Validator } from '@seriousme/openapi-schema-validator';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ARROW, testApp } from './support/test-app.ts';

interface Operation {
  summary?: string;
  responses: Record<string, { description: string; content?: Record<string, unknown> }>;
}

let app: FastifyInstance;
let description: { paths: Record<string, Record<string, Operation>>; security?: unknown };
beforeAll(async () => {
  app = await testApp();
  description = (await app.inject({ url: '/api/v1/openapi.json' })).json();
});
afterAll(() => app.close());

function operations(): [name: string, operation: Operation][] {
  return Object.entries(description.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): [string, Operation] => [
      `${method.toUpperCase()} ${path}`,
      operation,
    ]),
  );
}

test('the description is valid OpenAPI 3.1', async () => {
  const { valid, errors } = await new Validator().validate(structuredClone(description));
  expect(errors).toBeUndefined();
  expect(valid).toBe(true);
});

test('every reference leads somewhere', () => {
  const references = JSON.stringify(description).matchAll(/"\$ref":"#\/([^"]+)"/g);
  for (const [, path = ''] of references) {
    const target = path
      .split('/')
      .reduce<unknown>((node, key) => (node as Record<string, unknown>)?.[key], description);
    expect(target, path).toBeTypeOf('object');
  }
});

test('it covers every route of the API', () => {
  expect(operations().map(([name]) => name)).toEqual([
    'GET /api/v1/openapi.json',
    'GET /api/v1/health',
    'GET /api/v1/models',
    'GET /api/v1/models/{model}',
    'GET /api/v1/models/{model}/example-run',
    'GET /api/v1/catalogue',
    'GET /api/v1/downloads',
    'POST /api/v1/downloads',
    'GET /api/v1/downloads/events',
    'DELETE /api/v1/downloads/{id}',
    'DELETE /api/v1/models/{model}/sets/{set}',
    'POST /api/v1/activations',
    'POST /api/v1/logit-lens',
    'POST /api/v1/hooks',
    'POST /api/v1/features',
    'GET /api/v1/features/{model}/{source}/{index}',
    'POST /api/v1/circuits',
    'POST /api/v1/circuits/attention',
    'POST /api/v1/circuits/paths',
    'POST /api/v1/circuits/render',
    'POST /api/v1/circuits/open',
    'POST /api/v1/interventions',
    'POST /api/v1/ablations',
    'GET /api/v1/circuits/{model}/weight',
  ]);
  for (const [name] of operations()) {
    const [method = '', path = ''] = name.split(' ');
    const url = path.replace(/\{(\w+)\}/g, ':$1');
    expect(app.hasRoute({ method: method as 'GET', url }), name).toBe(true);
  }
});

test('every route says what it is for and how it fails', () => {
  for (const [name, { summary, responses }] of operations()) {
    expect(summary, name).toBeTruthy();
    if (name.endsWith('openapi.json')) continue;
    expect(Object.keys(responses), name).toEqual(expect.arrayContaining(['403', '500']));
    const failures = Object.entries(responses).filter(([status]) => !status.startsWith('2'));
    expect(Object.keys(responses), name).toHaveLength(failures.length + 1);
    for (const [status, { description, content }] of failures) {
      expect(description, `${name} ${status}`).toMatch(/^LOUPE_/);
      expect(content, `${name} ${status}`).toEqual({
        'application/json': { schema: { $ref: '#/components/schemas/Failure' } },
      });
    }
  }
});

test('activations are described in both formats', () => {
  const answer = description.paths['/api/v1/activations']?.post?.responses['200'];
  expect(Object.keys(answer?.content ?? {})).toEqual(['application/json', ARROW]);
});

test('a server with a token says so', async () => {
  const guarded = await testApp({ settings: { token: 'a token of some length' } });
  const headers = { authorization: 'Bearer a token of some length' };
  const answer = await guarded.inject({ url: '/api/v1/openapi.json', headers });
  await guarded.close();
  expect(answer.json().security).toEqual([{ token: [] }]);
  expect(description.security).toBeUndefined();
});
