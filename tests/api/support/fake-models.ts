import { LoupeError, type ModelInfo } from '@loupe/shared';
import type { ModelCatalogue } from '../../../server/src/http/context.ts';

export const MODEL: ModelInfo = {
  id: 'demo',
  name: 'Demo',
  description: 'A model of a test',
  architecture: {
    layers: 1,
    heads: 2,
    dModel: 8,
    dHead: 4,
    dMlp: 32,
    context: 128,
    vocabulary: 50257,
    parameters: 1000,
  },
  sources: [
    {
      id: '0-att-demo',
      set: 'att-demo',
      kind: 'attention',
      layer: 0,
      hook: 'blocks.0.attn.hook_z',
      outputHook: 'blocks.0.attn.hook_z',
      width: 64,
      activationFunction: 'relu',
      normalization: 'none',
      convention: 'raw',
    },
  ],
  sets: [
    {
      id: 'att-demo',
      name: 'Attention outputs',
      kind: 'attention',
      imported: false,
      warnings: [],
      removable: false,
    },
  ],
  variants: [],
  available: [],
  examples: [{ title: 'Greeting', prompt: 'Hello there' }],
  exampleRun: true,
};

/** A catalogue of one model, `demo`. */
export const fakeModels: ModelCatalogue = {
  models: () => [MODEL],
  problems: [],
  model(id) {
    if (id === MODEL.id) return MODEL;
    throw new LoupeError('LOUPE_MODEL_NOT_FOUND', `There is no model "${id}".`);
  },
  exampleRun(id) {
    return { prompt: fakeModels.model(id).examples[0]?.prompt };
  },
};
