import type { FastifyInstance } from 'fastify';
import { pino } from 'pino';
import { buildApp } from '../../../server/src/app.ts';
import type { AppContext, EngineService, HubService } from '../../../server/src/http/context.ts';
import { FakeEngine } from './fake-engine.ts';
import { FakeHub } from './fake-hub.ts';
import { fakeModels } from './fake-models.ts';

export interface TestAppOptions {
  engine?: EngineService;
  hub?: HubService;
  settings?: Partial<AppContext['settings']>;
  clientFolder?: string;
  logger?: AppContext['logger'];
}

/** The app with fakes around it. */
export function testApp(options: TestAppOptions = {}): Promise<FastifyInstance> {
  return buildApp({
    engine: options.engine ?? new FakeEngine(),
    models: fakeModels,
    hub: options.hub ?? new FakeHub(),
    settings: {
      host: '127.0.0.1',
      allowedHosts: [],
      token: undefined,
      stallMs: 60_000,
      rateLimit: undefined,
      fonts: [],
      ...options.settings,
    },
    version: '0.0.0-test',
    clientFolder: options.clientFolder ?? '/nonexistent',
    logger: options.logger ?? pino({ level: 'silent' }),
  });
}

/** Listens at a free loopback port; gives the address of the API. */
export async function listen(app: FastifyInstance): Promise<string> {
  return `${await app.listen({ host: '127.0.0.1', port: 0 })}/api/v1`;
}

/** Runs a test with an app, and closes it whatever happens. */
export async function withApp(
  options: TestAppOptions,
  test: (app: FastifyInstance) => Promise<void>,
): Promise<void> {
  const app = await testApp(options);
  try {
    await test(app);
  } finally {
    app.server.closeAllConnections();
    await app.close();
  }
}

export const PROMPT = { model: 'demo', prompt: 'Hello there' };
export const ARROW = 'application/vnd.apache.arrow.stream';
