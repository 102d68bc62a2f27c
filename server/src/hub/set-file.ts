import { Origin } from '@loupe/shared';
import { type Static, Type } from 'typebox';
import { checked } from '../checked.ts';
import { DictionaryCard } from '../dictionaries/card.ts';
import { readJsonFile } from '../weights/text-file.ts';

/** Name of the file that says what a set is. */
export const SET_FILE = 'set.json';

/** `set.json` of an installed set, beside the files of its sources. */
export const SetFile = Type.Object(
  {
    name: Type.String(),
    origin: Type.Optional(Origin),
    neuronpedia: Type.Optional(Type.String({ description: 'source set on Neuronpedia' })),
    imported: Type.Optional(Type.Boolean({ description: 'brought by `loupe import`' })),
    warnings: Type.Optional(
      Type.Array(Type.String(), { description: 'what looked wrong when it was installed' }),
    ),
    card: Type.Optional({ ...DictionaryCard, description: 'how the published files were read' }),
  },
  { additionalProperties: false },
);
export type SetFile = Static<typeof SetFile>;

/**
 * Reads a set's `set.json`.
 *
 * @throws LoupeError `LOUPE_BAD_FILE`
 */
export function readSetFile(path: string): SetFile {
  return checked(SetFile, readJsonFile(path), 'LOUPE_BAD_FILE', `${path} does not describe a set`);
}
