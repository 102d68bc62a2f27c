import { type Static, Type } from 'typebox';
import { MAX_WIDTH, MIN_WIDTH } from '../charts/figure-options.ts';
import { EXPORT_FORMATS, type ExportFormat } from '../export/formats.ts';

export const RenderOptions = Type.Object(
  {
    what: Type.Optional(
      Type.Union([Type.Literal('graph'), Type.Literal('pinned')], {
        default: 'graph',
        description: 'the graph as its thresholds prune it, or the circuit of what is pinned',
      }),
    ),
    theme: Type.Optional(
      Type.Union([Type.Literal('light'), Type.Literal('dark')], { default: 'light' }),
    ),
    width: Type.Optional(
      Type.Union(
        [
          Type.Literal('column'),
          Type.Literal('page'),
          Type.Number({ minimum: MIN_WIDTH, maximum: MAX_WIDTH }),
        ],
        { default: 'page', description: '3.25 inches, 6.75 inches, or points' },
      ),
    ),
    scale: Type.Optional(
      Type.Number({
        minimum: 0.1,
        maximum: 20,
        default: 3,
        description: 'of a PNG; 1 is 96 pixels to the inch',
      }),
    ),
    title: Type.Optional(Type.String({ maxLength: 1000, description: 'set above the figure' })),
    data: Type.Optional(
      Type.Union([Type.Literal('shown'), Type.Literal('all'), Type.Literal('none')], {
        description:
          'which part of the graph the file holds; by default pictures and tables hold what is ' +
          'shown, JSON and HTML all',
      }),
    ),
  },
  { additionalProperties: false },
);

export const RenderRequest = Type.Object(
  {
    graph: Type.Unknown({
      description: 'a graph in the schema of Neuronpedia, as POST /circuits answers it',
    }),
    format: Type.Unsafe<ExportFormat>({
      type: 'string',
      enum: Object.keys(EXPORT_FORMATS),
      description: 'named by the ending of the file',
    }),
    options: Type.Optional(RenderOptions),
  },
  { additionalProperties: false },
);
export type RenderRequest = Static<typeof RenderRequest>;
