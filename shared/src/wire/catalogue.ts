import { type Static, Type } from 'typebox';
import { DictionaryType } from './dictionary.ts';
import { SourceKind } from './model.ts';
import { Paper } from './origin.ts';

/** One layer of a set that can be installed. */
export const CatalogueLayer = Type.Object({
  layer: Type.Integer(),
  source: Type.String({ description: 'id that the source has once it is installed' }),
  bytes: Type.Integer({ description: 'to download, about' }),
  width: Type.Optional(Type.Integer({ description: 'number of features' })),
  installed: Type.Boolean(),
});
export type CatalogueLayer = Static<typeof CatalogueLayer>;

/** A set of dictionaries that can be installed for a model. */
export const CatalogueSet = Type.Object({
  id: Type.String(),
  name: Type.String(),
  description: Type.String(),
  kind: SourceKind,
  type: DictionaryType,
  repository: Type.String({ description: 'on the Hugging Face hub' }),
  revision: Type.String(),
  url: Type.String({ description: 'page of the repository' }),
  licence: Type.String({ description: '`unknown` where the repository states none' }),
  paper: Type.Optional(Paper),
  hook: Type.String({ description: 'where it reads; `{layer}` stands for the layer' }),
  outputHook: Type.String(),
  convention: Type.String({ description: 'what is done to the raw hook values first, in words' }),
  neuronpedia: Type.Optional(
    Type.String({ description: 'source set on Neuronpedia, where it has one' }),
  ),
  default: Type.Boolean({ description: 'part of what `pull <model>` takes' }),
  layers: Type.Array(CatalogueLayer),
});
export type CatalogueSet = Static<typeof CatalogueSet>;

/** A model that can be installed, with its sets. */
export const CatalogueModel = Type.Object({
  id: Type.String(),
  name: Type.String(),
  description: Type.String(),
  repository: Type.String(),
  revision: Type.String(),
  url: Type.String(),
  licence: Type.String(),
  paper: Type.Optional(Paper),
  parameters: Type.Integer(),
  bytes: Type.Integer({ description: 'to download, about, without dictionaries' }),
  installed: Type.Boolean(),
  sets: Type.Array(CatalogueSet),
});
export type CatalogueModel = Static<typeof CatalogueModel>;

/** Everything that can be installed, and where it would go. */
export const Catalogue = Type.Object({
  models: Type.Array(CatalogueModel),
  home: Type.String({ description: 'folder of what is installed' }),
  freeBytes: Type.Union([Type.Integer(), Type.Null()], {
    description: 'free on the disk of `home`; null where it cannot be told',
  }),
});
export type Catalogue = Static<typeof Catalogue>;
