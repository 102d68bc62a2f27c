import type { Health, LogitLensResponse } from '@loupe/shared';

/** What a server says that is well. */
export const HEALTHY: Health = {
  status: 'ok',
  version: '0.2.0',
  backend: { name: 'wasm', version: '4.22.0', device: 'CPU', threads: 2, gpu: false },
  models: ['demo'],
  queue: { running: 0, waiting: 0, limit: 8 },
  restarts: 0,
};

/** A logit lens of nothing. */
export const NO_LENS: LogitLensResponse = { model: 'demo', tokens: [], layers: [], texts: {} };
