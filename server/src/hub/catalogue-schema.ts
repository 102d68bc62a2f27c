import { Example, Paper } from '@loupe/shared';
import { type Static, Type } from 'typebox';
import { DictionaryCard } from '../dictionaries/card.ts';

const strict = { additionalProperties: false };

const Id = Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$' });
const Layer = Type.Integer({ minimum: 0, maximum: 9999 });
/** A path inside a repository. `{layer}` stands for the layer. */
const RepositoryPath = Type.String({ pattern: '^(?!/)(?!.*\\.\\.)[^\\\\\\0]{1,300}$' });

/** A file of a repository; its size in bytes where that is known beforehand. */
export const FileEntry = Type.Object(
  { path: RepositoryPath, bytes: Type.Optional(Type.Integer({ minimum: 1 })) },
  strict,
);
export type FileEntry = Static<typeof FileEntry>;

/** Where something was published, and under which terms. */
const Published = {
  repository: Type.String({ pattern: '^[A-Za-z0-9_.-]{1,96}/[A-Za-z0-9_.-]{1,96}$' }),
  revision: Type.String({ pattern: '^[A-Za-z0-9_.-]{1,100}$' }),
  licence: Type.String({ minLength: 1 }),
  paper: Type.Optional(Paper),
};

/** `data/catalogue/models/<id>.json`: a model that can be installed. */
export const ModelFile = Type.Object(
  {
    id: Id,
    name: Type.String({ minLength: 1 }),
    description: Type.String({ minLength: 1 }),
    ...Published,
    parameters: Type.Integer({ minimum: 1 }),
    dModel: Type.Integer({ minimum: 1, description: 'length of the residual stream' }),
    files: Type.Array(FileEntry, { minItems: 1 }),
    examples: Type.Array(Example),
  },
  strict,
);
export type ModelFile = Static<typeof ModelFile>;

/** What one layer has of its own. */
const OwnLayer = Type.Object(
  {
    layer: Layer,
    files: Type.Optional(Type.Array(FileEntry, { minItems: 1 })),
    width: Type.Optional(Type.Integer({ minimum: 1 })),
    card: Type.Optional(DictionaryCard),
  },
  strict,
);

/** `data/catalogue/sets/<id>.json`: a set of dictionaries that can be installed for a model. */
export const SetFile = Type.Object(
  {
    id: Id,
    name: Type.String({ minLength: 1 }),
    description: Type.String({ minLength: 1 }),
    model: Id,
    ...Published,
    neuronpedia: Type.Optional({ ...Id, description: 'source set on Neuronpedia' }),
    default: Type.Boolean({ description: 'part of what `pull <model>` takes' }),
    width: Type.Optional(Type.Integer({ minimum: 1, description: 'features of each dictionary' })),
    card: DictionaryCard,
    files: Type.Optional(
      Type.Array(FileEntry, { minItems: 1, description: 'of each layer, by a pattern' }),
    ),
    layers: Type.Array(Type.Union([Layer, OwnLayer]), {
      minItems: 1,
      description: 'the number, or what this layer has of its own: its files, width or card',
    }),
  },
  strict,
);
export type SetFile = Static<typeof SetFile>;
