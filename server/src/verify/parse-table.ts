import { LoupeError } from '@loupe/shared';
import { Value } from 'typebox/value';
import { AcceptanceTable, type Check } from './acceptance-table.ts';
import { type CheckKind, checkKinds } from './checks/index.ts';

/**
 * Checks a parsed acceptance table: its form, that each kind of check is known and gets the parameters
 * that it wants, that ids are unique and that every value has a tolerance.
 *
 * @throws LoupeError `LOUPE_BAD_FILE` naming the check and what is wrong with it
 */
export function parseTable(json: unknown, file: string): AcceptanceTable {
  if (!Value.Check(AcceptanceTable, json)) {
    const [first] = Value.Errors(AcceptanceTable, json);
    const where = first ? `${first.instancePath || 'it'} ${first.message}` : 'it is not an object';
    throw new LoupeError('LOUPE_BAD_FILE', `${file} is not a valid acceptance table: ${where}.`);
  }
  const seen = new Set<string>();
  for (const check of json.checks) {
    const problem = seen.has(check.id) ? 'there are two of this id' : problemOf(check);
    if (problem)
      throw new LoupeError('LOUPE_BAD_FILE', `${file}: check "${check.id}": ${problem}.`);
    seen.add(check.id);
  }
  return json;
}

/**
 * The kind of a check.
 *
 * @throws LoupeError `LOUPE_BAD_FILE` for one that does not exist
 */
export function kindOf(check: Check): CheckKind {
  const kind = checkKinds.get(check.kind);
  if (kind) return kind;
  throw new LoupeError('LOUPE_BAD_FILE', `check "${check.id}": ${unknownKind(check.kind)}.`);
}

function problemOf(check: Check): string | undefined {
  const kind = checkKinds.get(check.kind);
  if (!kind) return unknownKind(check.kind);
  if (!Value.Check(kind.parameters, check.parameters)) {
    const [first] = Value.Errors(kind.parameters, check.parameters);
    return `parameters${first?.instancePath ?? ''} ${first?.message ?? 'are not valid'}`;
  }
  const bare = check.expect.find(
    (expected) => 'value' in expected && !expected.tolerance && !check.tolerance,
  );
  return bare && `"${bare.of}" has no tolerance`;
}

function unknownKind(kind: string): string {
  return `there is no kind of check "${kind}"; known are ${[...checkKinds.keys()].join(', ')}`;
}
