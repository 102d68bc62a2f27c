import type { Health } from '@loupe/shared';
import type { Api } from '../http/api.ts';
import type { AppContext } from '../http/context.ts';
import { answers } from '../http/schemas.ts';

/** `GET /health`: what runs, on which device, and whether it is ready. */
export function addHealthRoute(api: Api, { engine, models, version }: AppContext): void {
  const schema = {
    summary: 'State of the engine, its backend and device',
    response: answers('Health'),
  };
  api.get('/health', { schema }, async (): Promise<Health> => {
    const { status, ...rest } = engine.status();
    return { status, version, ...rest, models: models.models().map(({ id }) => id) };
  });
}
