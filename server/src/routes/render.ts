import {
  codePoints,
  EXPORT_FORMATS,
  graphFileName,
  MISSING_GLYPHS_HEADER,
  readGraphJson,
} from '@loupe/shared';
import type { Api } from '../http/api.ts';
import type { AppContext } from '../http/context.ts';
import { answersWith, schema } from '../http/schemas.ts';
import type { Fonts } from '../render/fonts.ts';

/** A graph of some hundred thousand links; larger ones are pruned before they can be looked at. */
const BODY_BYTES = 64 * 1024 * 1024;

/** `POST /circuits/render`: a graph as a picture, a table or a file for another program. */
export function addRenderRoute(api: Api, { settings }: Pick<AppContext, 'settings'>): void {
  let fonts: Fonts | undefined;
  const types = new Set(Object.values(EXPORT_FORMATS).map(({ type }) => type));
  const file = { schema: { type: 'string', format: 'binary' } };
  const options = {
    bodyLimit: BODY_BYTES,
    schema: {
      summary: 'An attribution graph as a file',
      body: schema('RenderRequest'),
      response: answersWith(
        200,
        {
          description:
            'the file; the header loupe-missing-glyphs lists characters that no font here has, by code point',
          content: Object.fromEntries([...types].map((type) => [type, file])),
        },
        ['LOUPE_BAD_GRAPH', 'LOUPE_GRAPH_TOO_LARGE', 'LOUPE_BODY_TOO_LARGE', 'LOUPE_RATE_LIMITED'],
      ),
    },
  };
  api.post('/circuits/render', options, async (request, reply) => {
    const { graph, format, options } = request.body;
    const { renderGraph } = await import('../render/render-graph.ts');
    const { Fonts } = await import('../render/fonts.ts');
    fonts ??= new Fonts(settings.fonts);
    const read = readGraphJson(graph);
    const rendered = await renderGraph(read, format, options, {
      fonts,
      onMissing: (characters) => {
        if (characters.length > 0) reply.header(MISSING_GLYPHS_HEADER, codePoints(characters));
      },
    });
    const { type, isText } = EXPORT_FORMATS[format];
    // Opened by itself, a file that others had a hand in must not act as a page of this server.
    reply.header('content-disposition', attachment(graphFileName(read, format, options)));
    return reply.type(isText ? `${type}; charset=utf-8` : type).send(rendered);
  });
}

/** `Content-Disposition` of a file with that name: for old readers without letters beyond ASCII (RFC 6266). */
function attachment(name: string): string {
  const plain = name.replace(/[^A-Za-z0-9._-]+/g, '_');
  return `attachment; filename="${plain}"; filename*=UTF-8''${encodeURIComponent(name)}`;
}
