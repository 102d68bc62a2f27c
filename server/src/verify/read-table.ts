import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { LoupeError } from '@loupe/shared';
import { ACCEPTANCE_TABLES } from '../places.ts';
import { readJsonFile } from '../weights/text-file.ts';
import type { AcceptanceTable, Check } from './acceptance-table.ts';
import { parseTable } from './parse-table.ts';

/**
 * The table of a model, or another file.
 *
 * @throws LoupeError `LOUPE_NOT_FOUND` for a model without one, `LOUPE_BAD_FILE`
 */
export function readTable(model: string, file?: string): AcceptanceTable {
  const path = file ?? join(ACCEPTANCE_TABLES, `${model}.json`);
  if (file === undefined && !tables().includes(model)) {
    throw new LoupeError(
      'LOUPE_NOT_FOUND',
      `There is no acceptance table for "${model}"; there is one for ${tables().join(' and ')}. ` +
        'Give one of your own with --table <file>.',
    );
  }
  return parseTable(readJsonFile(path), path);
}

/**
 * The checks whose id begins with one of some names; all if none are named.
 *
 * @throws LoupeError `LOUPE_BAD_REQUEST` for a name that fits none
 */
export function chooseChecks({ checks }: AcceptanceTable, only: readonly string[]): Check[] {
  const stray = only.find((name) => !checks.some(({ id }) => id.startsWith(name)));
  if (stray !== undefined) {
    throw new LoupeError(
      'LOUPE_BAD_REQUEST',
      `No check begins with "${stray}". There are: ${checks.map(({ id }) => id).join(', ')}.`,
    );
  }
  return checks.filter(({ id }) => only.length === 0 || only.some((name) => id.startsWith(name)));
}

function tables(): string[] {
  if (!existsSync(ACCEPTANCE_TABLES)) return [];
  return readdirSync(ACCEPTANCE_TABLES)
    .filter((name) => name.endsWith('.json'))
    .map((name) => name.slice(0, -'.json'.length))
    .sort();
}
