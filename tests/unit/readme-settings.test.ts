import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ERRORS } from '@loupe/shared';
import { expect, test } from 'vitest';

const root = new URL('../../', import.meta.url);

/** What one part of Loupe tells another, or the tests; nobody else is to set it. */
const INTERNAL = new Set([
  'LOUPE_BUILD',
  'LOUPE_TENSORFLOW_REPORT',
  'LOUPE_TEST_REPORT',
  'LOUPE_GOLDEN_LOOSENESS',
]);

/** The LOUPE_* variables that a folder's programs read. */
function variablesIn(folder: string): string[] {
  const place = fileURLToPath(new URL(folder, root));
  const files = readdirSync(place, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(m|t)s$/.test(name.replace('.mjs', '.ms')) && !name.includes('.test.'))
    .map((name) => readFileSync(`${place}/${name}`, 'utf8'));
  const names = files.flatMap((text) =>
    [...text.matchAll(/\benv(?:ironment)?\.(LOUPE_\w+)|'(LOUPE_\w+)'/g)].map(
      ([, read, quoted]) => read ?? quoted ?? '',
    ),
  );
  return [...new Set(names)].filter((name) => !(name in ERRORS) && !INTERNAL.has(name)).sort();
}

test('README names every setting, and none that is not one', () => {
  const readme = readFileSync(new URL('README.md', root), 'utf8');
  const [, table = ''] = /## Settings\n([\s\S]*?)\n## /.exec(readme) ?? [];
  const rows = table.split('\n').filter((line) => line.startsWith('| `'));
  const named = rows.flatMap((row) => row.split('|')[1]?.match(/LOUPE_\w+/g) ?? []);
  const settings = variablesIn('server/src');
  expect(settings.length).toBeGreaterThan(10);
  expect([...named].sort()).toEqual([...new Set([...settings, ...variablesIn('scripts')])].sort());
});
