import { EXPORT_FORMATS, readSvgGraph, writeGraphJson } from '@loupe/shared';
import { expect, test } from 'vitest';
import { ioiGraph } from '../unit/export/ioi-graph.ts';
import { withApp } from './support/test-app.ts';

function post(payload: object) {
  return { method: 'POST', url: '/api/v1/circuits/render', payload } as const;
}

const graph = writeGraphJson(ioiGraph());
const IOI = 'When-Mary-and-John-went-to-the-store-John-gave-a-drink-to';

test.each(Object.entries(EXPORT_FORMATS))(
  '%s comes with its type, to be saved and not opened',
  async (format, { type }) => {
    await withApp({}, async (app) => {
      const answer = await app.inject(post({ graph, format, options: { what: 'pinned' } }));
      expect(answer.statusCode).toBe(200);
      expect(answer.headers['content-type']).toContain(type);
      const name = `${IOI}_Mary-not-John_demo_pinned.${format}`;
      const disposition = `attachment; filename="${name}"; filename*=UTF-8''${name}`;
      expect(answer.headers['content-disposition']).toBe(disposition);
      expect(answer.rawPayload.length).toBeGreaterThan(100);
    });
  },
);

test('options are heard', async () => {
  await withApp({}, async (app) => {
    const options = { theme: 'dark', width: 300, title: 'Why?', data: 'all' };
    const { body } = await app.inject(post({ graph, format: 'svg', options }));
    expect(body).toContain('width="300pt"');
    expect(body).toContain('>Why?</text>');
    expect(body).toContain('fill="#1a1a1c"');
    expect(readSvgGraph(body).nodes).toHaveLength(graph.nodes.length);
  });
});

test.each([
  ['no graph', { graph: { nodes: [] }, format: 'svg' }, 422, 'LOUPE_BAD_GRAPH'],
  ['an unknown format', { graph, format: 'bmp' }, 400, 'LOUPE_BAD_REQUEST'],
  ['an unknown option', { graph, format: 'svg', options: { dpi: 3 } }, 400, 'LOUPE_BAD_REQUEST'],
  [
    'a pinned circuit without pins',
    { graph: { ...graph, qParams: {} }, format: 'dot', options: { what: 'pinned' } },
    400,
    'LOUPE_BAD_REQUEST',
  ],
])('%s is refused', async (_, payload, status, code) => {
  await withApp({}, async (app) => {
    const answer = await app.inject(post(payload));
    expect(answer.statusCode).toBe(status);
    expect(answer.json().code).toBe(code);
  });
});

test('characters that no font has are listed in a header', async () => {
  await withApp({}, async (app) => {
    // No font has what no character has been given to.
    const options = { title: '\u0378 and Mary' };
    const png = await app.inject(post({ graph, format: 'png', options }));
    expect(png.headers['loupe-missing-glyphs']).toBe('U+0378');
    const plain = await app.inject(post({ graph, format: 'png', options: { title: 'Mary' } }));
    expect(plain.headers).not.toHaveProperty('loupe-missing-glyphs');
  });
});
