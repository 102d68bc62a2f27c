import type { Catalogue, Health, ModelInfo, StoreProblem } from '@loupe/shared';
import type { FastifyBaseLogger } from 'fastify';
import type { Engine } from '../engine/jobs.ts';
import type { DownloadManager } from '../hub/downloads/manager.ts';
import type { Settings } from '../settings.ts';

/** State of the engine, as `/health` tells it. */
export type EngineStatus = Pick<Health, 'status' | 'backend' | 'queue' | 'restarts' | 'message'>;

/** The engine as the routes use it. */
export interface EngineService extends Engine {
  status(): EngineStatus;
}

/** The installed models as the routes use them. */
export interface ModelCatalogue {
  models(): ModelInfo[];
  /** What is in the store and cannot be used. */
  readonly problems: StoreProblem[];
  /** @throws LoupeError `LOUPE_MODEL_NOT_FOUND` */
  model(id: string): ModelInfo;
  /** @throws LoupeError `LOUPE_MODEL_NOT_FOUND`, `LOUPE_NOT_FOUND` if the model has none */
  exampleRun(id: string): unknown;
}

/** What can be installed, and installing it, as the routes use them. */
export interface HubService {
  catalogue(): Promise<Catalogue>;
  /** Ids of the sources that could be installed for a model. */
  available(model: ModelInfo): string[];
  /** @throws LoupeError `LOUPE_MODEL_NOT_FOUND`, `LOUPE_SOURCE_NOT_INSTALLED` */
  removeSet(model: string, set: string): Promise<void>;
  readonly downloads: Pick<DownloadManager, 'list' | 'watch' | 'start' | 'cancel'>;
}

/** What the HTTP app is built from. */
export interface AppContext {
  engine: EngineService;
  models: ModelCatalogue;
  hub: HubService;
  settings: Pick<Settings, 'host' | 'allowedHosts' | 'token' | 'stallMs' | 'rateLimit' | 'fonts'>;
  /** Version of Loupe. */
  version: string;
  /** Folder of the built page. */
  clientFolder: string;
  logger: FastifyBaseLogger;
}
