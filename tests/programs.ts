import { basename } from 'node:path';

/** Programs of the tests, each run in a process of its own; built with the engine, whose classes they share. */
export const FIXTURE_PROGRAMS = [
  'faults/fixtures/fake-handlers.ts',
  'faults/fixtures/parent.ts',
  'faults/fixtures/read-torch-file.ts',
  'faults/fixtures/streaming-server.ts',
] as const;

/** A program of the tests as `build-server.ts` has built it. */
export function fixtureProgram(path: (typeof FIXTURE_PROGRAMS)[number]): string {
  return `${process.env.LOUPE_BUILD}/${basename(path, '.ts')}.js`;
}
