import { type Download, LoupeError } from '@loupe/shared';
import type { HubService } from '../../../server/src/http/context.ts';

export const DOWNLOAD: Download = {
  id: 'first',
  model: 'demo',
  title: 'Demo, att-demo',
  request: { model: 'demo' },
  status: 'downloading',
  bytes: 10,
  totalBytes: 100,
  bytesPerSecond: 5,
  secondsLeft: 18,
  converted: 0,
  toConvert: 1,
  files: [{ path: 'model.safetensors', bytes: 10, totalBytes: 100, status: 'downloading' }],
  startedAt: '2026-01-02T03:04:05.000Z',
};

/** A hub of one download, `first`, and a record of what it was asked to do. */
export class FakeHub implements HubService {
  readonly asked: unknown[] = [];
  /** What `watch` tells of, one after another; then nothing until it is left. */
  lists: Download[][] = [[DOWNLOAD]];

  async catalogue() {
    return { models: [], home: '/somewhere', freeBytes: null };
  }

  available() {
    return ['1-att-demo'];
  }

  async removeSet(model: string, set: string) {
    this.asked.push({ remove: [model, set] });
    if (set !== 'att-demo') throw new LoupeError('LOUPE_SOURCE_NOT_INSTALLED');
  }

  readonly downloads: HubService['downloads'] = {
    list: () => [DOWNLOAD],
    watch: (signal) => this.#watch(signal),
    start: (request) => {
      this.asked.push({ start: request });
      if (request.model !== 'demo') throw new LoupeError('LOUPE_NOT_IN_CATALOGUE');
      return { ...DOWNLOAD, request };
    },
    cancel: async (id) => {
      this.asked.push({ cancel: id });
      if (id !== DOWNLOAD.id) throw new LoupeError('LOUPE_DOWNLOAD_NOT_FOUND');
      return { ...DOWNLOAD, status: 'cancelled' };
    },
  };

  async *#watch(signal: AbortSignal) {
    yield* this.lists;
    if (signal.aborted) return;
    await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
  }
}
