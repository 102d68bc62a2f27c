import type { CatalogueModel, CatalogueSet, Download, ModelInfo, SourceInfo } from '@loupe/shared';

const PUBLISHED = {
  repository: 'someone/something',
  revision: 'main',
  url: 'http://hub.test/someone/something',
  licence: 'MIT',
};

/** A source of `small` that is installed. */
export function source(set: string, layer: number, over: Partial<SourceInfo> = {}): SourceInfo {
  return {
    id: `${layer}-${set}`,
    set,
    kind: 'attention',
    layer,
    hook: `blocks.${layer}.attn.hook_z`,
    outputHook: `blocks.${layer}.attn.hook_z`,
    width: 64,
    activationFunction: 'relu',
    normalization: 'none',
    convention: 'raw',
    bytes: 50,
    ...over,
  };
}

/** A set of the catalogue with layers of 100 bytes each. */
export function offeredSet(id: string, layers: number[], over: Partial<CatalogueSet> = {}) {
  return {
    id,
    name: id.toUpperCase(),
    description: '',
    kind: 'attention',
    type: 'sae',
    ...PUBLISHED,
    hook: 'blocks.{layer}.attn.hook_z',
    outputHook: 'blocks.{layer}.attn.hook_z',
    convention: 'raw values',
    default: true,
    layers: layers.map((layer) => ({
      layer,
      source: `${layer}-${id}`,
      bytes: 100,
      width: 64,
      installed: false,
    })),
    ...over,
  } satisfies CatalogueSet;
}

/** The model `small` of the catalogue: two sets by default and one more. */
export const offered: CatalogueModel = {
  id: 'small',
  name: 'Small',
  description: '',
  ...PUBLISHED,
  parameters: 1000,
  bytes: 1000,
  installed: false,
  sets: [
    offeredSet('att', [0, 1, 2]),
    offeredSet('mlp', [0, 1, 2], {
      kind: 'mlp',
      type: 'transcoder',
      outputHook: 'blocks.{layer}.hook_mlp_out',
    }),
    offeredSet('res', [1], { kind: 'residual', default: false }),
  ],
};

/** The model `small` with some of its sources installed. */
export function installed(sources: SourceInfo[] = []): ModelInfo {
  const sets = [...new Set(sources.map(({ set }) => set))];
  return {
    id: 'small',
    name: 'Small',
    description: '',
    architecture: {
      layers: 3,
      heads: 2,
      dModel: 8,
      dHead: 4,
      dMlp: 32,
      context: 64,
      vocabulary: 100,
      parameters: 1000,
    },
    sets: sets.map((id) => ({
      id,
      name: id.toUpperCase(),
      kind: 'attention',
      imported: false,
      warnings: [],
      removable: true,
    })),
    sources,
    variants: [],
    available: [],
    examples: [],
    exampleRun: false,
  };
}

/** A download of `small` that is under way. */
export function download(over: Partial<Download> = {}): Download {
  return {
    id: '1',
    model: 'small',
    title: 'Small',
    request: { model: 'small' },
    status: 'downloading',
    bytes: 250,
    totalBytes: 1000,
    bytesPerSecond: 50,
    secondsLeft: 15,
    converted: 0,
    toConvert: 6,
    files: [],
    startedAt: '2026-01-01T00:00:00Z',
    ...over,
  };
}
