import { type Static, Type } from 'typebox';

export const BackendInfo = Type.Object({
  name: Type.String({ description: 'tensorflow, wasm or cpu; empty while the engine starts' }),
  version: Type.String({ description: 'of TensorFlow, or of TensorFlow.js for wasm and cpu' }),
  device: Type.String({ description: 'what does the arithmetic, for people' }),
  threads: Type.Integer(),
  gpu: Type.Boolean(),
  note: Type.Optional(
    Type.String({ description: 'why a better backend or device does not run, and what to do' }),
  ),
});
export type BackendInfo = Static<typeof BackendInfo>;

export const Health = Type.Object({
  status: Type.Union(
    [
      Type.Literal('ok'),
      Type.Literal('starting'),
      Type.Literal('restarting'),
      Type.Literal('failed'),
    ],
    { description: 'state of the engine' },
  ),
  version: Type.String(),
  backend: BackendInfo,
  models: Type.Array(Type.String()),
  queue: Type.Object({
    running: Type.Integer(),
    waiting: Type.Integer(),
    limit: Type.Integer(),
  }),
  restarts: Type.Integer({ description: 'of the engine since the server started' }),
  message: Type.Optional(Type.String({ description: 'why the engine is not ready' })),
});
export type Health = Static<typeof Health>;
