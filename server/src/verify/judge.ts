import type { Expectation, Tolerance } from './acceptance-table.ts';
import type { Measured, Measurements } from './checks/check-kind.ts';

/** An expectation beside what was measured. */
export interface Verdict {
  /** Name of the measured value. */
  of: string;
  /** For people: `5.3319 ± 4e-5`, `at least 0.2`. */
  expected: string;
  /** Undefined where the value did not come up at all, such as a feature that stayed silent. */
  got: Measured | undefined;
  passed: boolean;
  /** Why the tolerance is what it is. */
  why?: string;
}

/** Compares an expectation with what was measured. */
export function judge(
  expected: Expectation,
  measurements: Measurements,
  ofCheck: Tolerance | undefined,
): Verdict {
  const { of } = expected;
  const got = measurements.get(of);
  if ('equals' in expected) {
    const { equals } = expected;
    const passed = Array.isArray(got) && got.join() === equals.join();
    return { of, expected: equals.join(' '), got, passed };
  }
  const number = typeof got === 'number' && Number.isFinite(got) ? got : undefined;
  const holds = (test: (value: number) => boolean) => number !== undefined && test(number);
  if ('atLeast' in expected) {
    const { atLeast } = expected;
    return { of, expected: `at least ${atLeast}`, got, passed: holds((v) => v >= atLeast) };
  }
  if ('atMost' in expected) {
    const { atMost } = expected;
    return { of, expected: `at most ${atMost}`, got, passed: holds((v) => v <= atMost) };
  }
  const { absolute = 0, relative = 0, why } = (expected.tolerance ?? ofCheck) as Tolerance;
  const { value } = expected;
  const allowed = Math.max(absolute, relative * Math.abs(value));
  const passed = holds((v) => Math.abs(v - value) <= allowed);
  const around = allowed > 0 ? ` ± ${Number(allowed.toPrecision(2))}` : '';
  return { of, expected: `${value}${around}`, got, passed, why };
}
