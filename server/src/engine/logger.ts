import type { BaseLogger } from 'pino';

/** What the engine needs of a logger: pino's and Fastify's both will do. */
export type EngineLogger = Pick<BaseLogger, 'fatal' | 'error' | 'warn' | 'info' | 'debug'> & {
  /** Whether lines of a level are kept; without it those of `debug` are not. */
  isLevelEnabled?(level: string): boolean;
};
