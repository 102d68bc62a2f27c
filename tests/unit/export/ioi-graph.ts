import { readFileSync } from 'node:fs';
import { type AttributionGraph, readGraphJson } from '@loupe/shared';

/**
 * The indirect-object prompt on the demo, `·Mary` rather than `·John`, pruned to what a figure shows, with
 * some nodes pinned, grouped and named. `tests/unit/export/README.md` says how it is made.
 */
export function ioiGraph(): AttributionGraph {
  const file = new URL('ioi.json', import.meta.url);
  return readGraphJson(JSON.parse(readFileSync(file, 'utf8')));
}
