import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

const second = 1000;
/** By itself vitest would leave a processor idle. */
const WORKERS = Math.min(4, availableParallelism());

/**
 * A folder of tests/ whose files run one after another, because each starts engines, servers or a browser of its own.
 * tests/launchers checks that no folder is forgotten here.
 */
function serial(name: string, groupOrder: number, timeout: number, isolate = true) {
  return {
    test: {
      name,
      include: [`tests/${name}/**/*.test.ts`],
      fileParallelism: false,
      isolate,
      testTimeout: timeout,
      hookTimeout: timeout,
      sequence: { groupOrder },
    },
  };
}

/** The sections of `npm test` that vitest runs; `npx vitest run --project <name>` runs one. */
export default defineConfig({
  test: {
    globalSetup: 'tests/build-server.ts',
    projects: [
      {
        test: {
          name: 'unit',
          include: ['{shared,server,client}/src/**/*.test.{ts,tsx}'],
          // Most of a file's time would go into loading its modules anew; what a test replaces, it puts back.
          pool: 'threads',
          maxWorkers: WORKERS,
          isolate: false,
          unstubGlobals: true,
          testTimeout: 30 * second,
          hookTimeout: 30 * second,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          name: 'api',
          include: ['tests/{api,launchers,unit}/**/*.test.ts'],
          maxWorkers: WORKERS,
          testTimeout: 30 * second,
          hookTimeout: 30 * second,
          sequence: { groupOrder: 1 },
        },
      },
      serial('golden', 2, 120 * second, false),
      serial('faults', 3, 180 * second),
      serial('node-versions', 4, 600 * second),
      // Not isolated, so that all files share one browser and one server.
      serial('browser', 5, 180 * second, false),
    ],
  },
});
