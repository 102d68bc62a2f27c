import type {
  Catalogue,
  CatalogueModel,
  CatalogueSet,
  Download,
  DownloadRequest,
  ErrorBody,
  ModelList,
} from '@loupe/shared';
import type { Page, Route } from 'playwright-core';

const PUBLISHED = {
  repository: 'someone/something',
  revision: 'main',
  url: 'http://hub.test/someone/something',
  licence: 'MIT',
  paper: { title: 'A paper', url: 'http://hub.test/paper' },
};
/** Milliseconds after which the page asks for the downloads again. */
const RETRY_MS = 50;

function set(id: string, layers: number, over: Partial<CatalogueSet>): CatalogueSet {
  return {
    id,
    name: `Set ${id}`,
    description: `What ${id} is, in a sentence.`,
    kind: 'attention',
    type: 'sae',
    ...PUBLISHED,
    hook: 'blocks.{layer}.attn.hook_z',
    outputHook: 'blocks.{layer}.attn.hook_z',
    convention: 'value biases removed',
    default: true,
    layers: Array.from({ length: layers }, (_, layer) => ({
      layer,
      source: `${layer}-${id}`,
      bytes: 150e6,
      width: 24_576,
      installed: false,
    })),
    ...over,
  };
}

const SMALL: CatalogueModel = {
  id: 'small',
  name: 'Small',
  description: 'A model of a test.',
  ...PUBLISHED,
  parameters: 124_000_000,
  bytes: 500e6,
  installed: false,
  sets: [
    set('att-x', 12, { neuronpedia: 'att-x' }),
    set('mlp-x', 12, {
      kind: 'mlp',
      type: 'transcoder',
      outputHook: 'blocks.{layer}.hook_mlp_out',
    }),
    set('res-x', 12, { kind: 'residual', default: false, convention: 'mean removed' }),
  ],
};

/**
 * What the page is told of the catalogue and of downloads, as a test says, and what it asks for. All
 * else is the real server's.
 */
export class FakeHub {
  catalogue: Catalogue = { models: [SMALL], home: '/home/loupe', freeBytes: 38e9 };
  /** In place of the catalogue. */
  refusal: ErrorBody | undefined;
  downloads: Download[] = [];
  readonly asked: DownloadRequest[] = [];
  readonly cancelled: string[] = [];
  readonly removed: string[] = [];
  /** Changes what the server says of its models. */
  models: (list: ModelList) => ModelList = (list) => list;

  /** To be given as `prepare` to the page. */
  readonly serve = async (page: Page): Promise<void> => {
    await page.route('**/api/v1/catalogue', (route) =>
      this.refusal
        ? route.fulfill({ status: 500, json: this.refusal })
        : route.fulfill({ json: this.catalogue }),
    );
    await page.route('**/api/v1/models', async (route) => {
      const answer = await route.fetch();
      await route.fulfill({ json: this.models((await answer.json()) as ModelList) });
    });
    await page.route('**/api/v1/downloads', (route) => this.#downloads(route));
    await page.route('**/api/v1/downloads/*', (route) => this.#download(route));
    await page.route('**/api/v1/models/*/sets/*', (route) => {
      this.removed.push(new URL(route.request().url()).pathname.split('/').slice(-3).join('/'));
      return route.fulfill({ status: 204 });
    });
  };

  /** A download that is under way, with what a test says of it. */
  begin(over: Partial<Download> = {}): Download {
    const download: Download = {
      id: String(this.downloads.length + 1),
      model: 'small',
      title: 'Small with att-x',
      request: { model: 'small', sets: [{ id: 'att-x' }] },
      status: 'downloading',
      bytes: 600e6,
      totalBytes: 2.3e9,
      bytesPerSecond: 24e6,
      secondsLeft: 71,
      converted: 0,
      toConvert: 12,
      files: [
        { path: 'config.json', bytes: 700, totalBytes: 700, status: 'done' },
        { path: 'model.safetensors', bytes: 100e6, totalBytes: 500e6, status: 'downloading' },
      ],
      startedAt: '2026-01-01T00:00:00.000Z',
      ...over,
    };
    this.downloads = [download, ...this.downloads];
    return download;
  }

  /** What has changed of the newest download. */
  change(over: Partial<Download>): void {
    const [newest, ...others] = this.downloads;
    if (newest) this.downloads = [{ ...newest, ...over }, ...others];
  }

  #downloads(route: Route): Promise<void> {
    if (route.request().method() === 'GET') {
      return route.fulfill({ json: { downloads: this.downloads } });
    }
    const request = route.request().postDataJSON() as DownloadRequest;
    this.asked.push(request);
    return route.fulfill({ status: 202, json: this.begin({ request }) });
  }

  #download(route: Route): Promise<void> {
    const id = new URL(route.request().url()).pathname.split('/').at(-1) ?? '';
    if (id !== 'events') {
      this.cancelled.push(id);
      this.change({ status: 'cancelled' });
      return route.fulfill({ status: 204 });
    }
    const data = JSON.stringify({ downloads: this.downloads });
    return route.fulfill({
      headers: { 'content-type': 'text/event-stream' },
      body: `retry: ${RETRY_MS}\nevent: downloads\ndata: ${data}\n\n`,
    });
  }
}
