import { type Static, Type } from 'typebox';
import { ActivationsResponse } from './activations.ts';
import { FeatureInfo } from './features.ts';
import { LogitLensResponse } from './lens.ts';

/** A stored run of one example, so that the first screen is full before the engine is warm. */
export const ExampleRun = Type.Object({
  prompt: Type.String(),
  activations: ActivationsResponse,
  lens: LogitLensResponse,
  features: Type.Array(FeatureInfo),
});
export type ExampleRun = Static<typeof ExampleRun>;
