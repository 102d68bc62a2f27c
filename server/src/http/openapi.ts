import swagger from '@fastify/swagger';
import type { FastifyInstance } from 'fastify';
import type { AppContext } from './context.ts';

/** Collects the description of the API from its routes. Must come before them. */
export async function addOpenapi(
  app: FastifyInstance,
  { version, settings }: Pick<AppContext, 'version' | 'settings'>,
): Promise<void> {
  const guarded = settings.token !== undefined;
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Loupe',
        version,
        description: 'Sparse features of a language model, token by token and layer by layer.',
      },
      servers: [{ url: '/' }],
      ...(guarded && {
        components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
        security: [{ token: [] }],
      }),
    },
    refResolver: { buildLocalReference: ({ $id }) => String($id) },
  });
}

/** Serves the description. */
export function addOpenapiRoute(app: FastifyInstance): void {
  const options = {
    schema: {
      summary: 'This description',
      response: { 200: { description: 'OpenAPI 3.1', type: 'object', additionalProperties: true } },
    },
  };
  app.get('/openapi.json', options, async () => app.swagger());
}
