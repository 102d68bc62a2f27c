import { readFileSync } from 'node:fs';
import { Type } from 'typebox';
import { Value } from 'typebox/value';

/** The part of the setup's report that is told: why the last attempt failed, and what to do. */
const SetupReport = Type.Object({
  failure: Type.Optional(Type.Object({ reason: Type.String(), advice: Type.String() })),
});

/**
 * What `npm run setup:tensorflow` could not do when it ran last, in its own words. The launchers say
 * where its report is; without one of them nothing is known.
 */
export function setupFailure(path = process.env.LOUPE_TENSORFLOW_REPORT): string | undefined {
  if (path === undefined) return undefined;
  try {
    const report: unknown = JSON.parse(readFileSync(path, 'utf8'));
    if (!Value.Check(SetupReport, report) || !report.failure) return undefined;
    return `${report.failure.reason} ${report.failure.advice}`;
  } catch {
    // No report, or a damaged one: then there is nothing to tell.
    return undefined;
  }
}
