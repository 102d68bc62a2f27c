import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

const second = 1000;

/** A section of the suite whose files run one after another, because each wants the whole machine. */
function serial(name: string, groupOrder: number, include: string[], timeout: number) {
  return {
    test: {
      name,
      include,
      fileParallelism: false,
      testTimeout: timeout,
      hookTimeout: timeout,
      sequence: { groupOrder },
    },
  };
}

/** The sections of `npm test` that vitest runs; `npx vitest run --project <name>` runs one. */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: [
            '{shared,server,client}/src/**/*.test.{ts,tsx}',
            'tests/{api,launchers,unit}/**/*.test.ts',
          ],
          maxWorkers: Math.min(4, availableParallelism()),
          testTimeout: 30 * second,
          hookTimeout: 30 * second,
          sequence: { groupOrder: 0 },
        },
      },
      serial('golden', 1, ['tests/golden/**/*.test.ts'], 120 * second),
      serial('faults', 2, ['tests/{faults,security,streams}/**/*.test.ts'], 180 * second),
      serial('node-versions', 3, ['tests/node-versions/**/*.test.ts'], 600 * second),
      serial('browser', 4, ['tests/browser/**/*.test.ts'], 180 * second),
    ],
  },
});
