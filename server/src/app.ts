import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import Fastify, { type FastifyInstance } from 'fastify';
import { answerSerializers } from './http/answer-serializers.ts';
import type { AppContext } from './http/context.ts';
import { handleClientError, handleError } from './http/error-handler.ts';
import { addGuards } from './http/guards.ts';
import { addOpenapi, addOpenapiRoute } from './http/openapi.ts';
import { addRateLimit } from './http/rate-limit.ts';
import { addRequestLog, QuietLogController } from './http/request-log.ts';
import { addSchemas } from './http/schemas.ts';
import { addSecurityHeaders } from './http/security-headers.ts';
import { addClient } from './http/static-client.ts';
import { addActivationRoutes } from './routes/activations.ts';
import { addCatalogueRoute } from './routes/catalogue.ts';
import { addCircuitRoutes } from './routes/circuits.ts';
import { addDownloadRoutes } from './routes/downloads.ts';
import { addFeatureRoutes } from './routes/features.ts';
import { addGraphFileRoute } from './routes/graph-files.ts';
import { addHealthRoute } from './routes/health.ts';
import { addHooksRoute } from './routes/hooks.ts';
import { addInterventionRoutes } from './routes/interventions.ts';
import { addLogitLensRoute } from './routes/logit-lens.ts';
import { addModelRoutes } from './routes/models.ts';
import { addRenderRoute } from './routes/render.ts';

const BODY_BYTES = 1024 * 1024;
/** How long a client may take to send a request, in milliseconds. */
const REQUEST_MS = 30_000;

/** Builds the HTTP app: API, page and all that guards them. It does not listen yet. */
export async function buildApp(context: AppContext): Promise<FastifyInstance> {
  const app = Fastify({
    loggerInstance: context.logger,
    logController: new QuietLogController(),
    bodyLimit: BODY_BYTES,
    requestTimeout: REQUEST_MS,
    // A request that comes while the server closes is answered or cut like those before it.
    return503OnClosing: false,
    routerOptions: { maxParamLength: 300 },
    ajv: { customOptions: { coerceTypes: false, removeAdditional: false } },
    schemaController: { compilersFactory: { buildSerializer: answerSerializers } },
    frameworkErrors: handleError,
    clientErrorHandler: handleClientError,
  });
  app.setErrorHandler(handleError);
  app.removeContentTypeParser('text/plain');
  addSchemas(app);
  addRequestLog(app);
  await addSecurityHeaders(app);
  addGuards(app, context);
  await addRateLimit(app, context);
  await addOpenapi(app, context);
  await app.register(
    async (plain) => {
      const api = plain.withTypeProvider<TypeBoxTypeProvider>();
      api.addHook('onSend', async (_request, reply) => {
        reply.header('cache-control', 'no-store');
      });
      addOpenapiRoute(api);
      addHealthRoute(api, context);
      addModelRoutes(api, context);
      addCatalogueRoute(api, context);
      addDownloadRoutes(api, context);
      addActivationRoutes(api, context);
      addLogitLensRoute(api, context);
      addHooksRoute(api, context);
      addFeatureRoutes(api, context);
      addCircuitRoutes(api, context);
      addRenderRoute(api, context);
      addGraphFileRoute(api, context);
      addInterventionRoutes(api, context);
    },
    { prefix: '/api/v1' },
  );
  await addClient(app, context);
  return app;
}
