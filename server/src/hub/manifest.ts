import { Example, Origin } from '@loupe/shared';
import { type Static, Type } from 'typebox';
import { checked } from '../checked.ts';
import { DictionaryCard } from '../dictionaries/card.ts';
import { ID_PATTERN } from './store-layout.ts';

const Name = Type.String({ pattern: ID_PATTERN });
/** A path inside the folder of the manifest. */
const InnerPath = Type.String({ pattern: '^(?!/)(?!.*\\.\\.)[^\\\\\\0]{1,200}$' });

const SetEntry = Type.Object(
  {
    id: Name,
    name: Type.String(),
    path: InnerPath,
    layers: Type.Array(Type.Integer({ minimum: 0, maximum: 9999 })),
    card: Type.Optional(DictionaryCard),
  },
  { additionalProperties: false, description: '`{layer}` in the path stands for the layer' },
);

/** `manifest.json` of an installed model: where its weights and dictionaries are. */
export const Manifest = Type.Object(
  {
    id: Name,
    name: Type.String(),
    description: Type.String(),
    origin: Type.Optional(Origin),
    imported: Type.Optional(Type.Boolean({ description: 'brought by `loupe import`' })),
    model: InnerPath,
    sets: Type.Array(SetEntry),
    examples: Type.Array(Example),
    exampleRun: Type.Optional(InnerPath),
  },
  { additionalProperties: false },
);
export type Manifest = Static<typeof Manifest>;

/**
 * Checks a parsed manifest.
 *
 * @throws LoupeError `LOUPE_BAD_FILE` naming the first field that is wrong
 */
export function parseManifest(json: unknown, path: string): Manifest {
  return checked(Manifest, json, 'LOUPE_BAD_FILE', `${path} is not a valid manifest`);
}
