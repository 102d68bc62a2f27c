import { Example, LoupeError } from '@loupe/shared';
import { type Static, Type } from 'typebox';
import { Value } from 'typebox/value';

const Name = Type.String({ pattern: '^[A-Za-z0-9_.-]{1,100}$' });
/** A path inside the folder of the manifest. */
const InnerPath = Type.String({ pattern: '^(?!/)(?!.*\\.\\.)[^\\\\\\0]{1,200}$' });

const SetEntry = Type.Object(
  {
    id: Name,
    name: Type.String(),
    path: InnerPath,
    layers: Type.Array(Type.Integer({ minimum: 0, maximum: 9999 })),
  },
  { additionalProperties: false, description: '`{layer}` in the path stands for the layer' },
);

/** `manifest.json` of an installed model: where its weights and dictionaries are. */
export const Manifest = Type.Object(
  {
    id: Name,
    name: Type.String(),
    description: Type.String(),
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
  if (Value.Check(Manifest, json)) return json;
  const [first] = Value.Errors(Manifest, json);
  const where = first ? `${first.instancePath || 'the file'} ${first.message}` : 'not an object';
  throw new LoupeError('LOUPE_BAD_FILE', `${path} is not a valid manifest: ${where}.`);
}
