/** Milliseconds in which a first value may still become the last, so that fast runs show at one stroke. */
const PATIENCE = 100;
/** Milliseconds between two values shown. */
const REPAINT = 32;

/** Passes on values that change fast, as often as is good to look at. */
export interface Sparing<T> {
  /** A value that may soon be replaced. */
  update(value: T): void;
  /** The last value; shown at once. */
  finish(value: T): void;
  /** Shows nothing any more. */
  stop(): void;
}

/**
 * Shows the first value `PATIENCE` ms after now at the earliest, later ones `REPAINT` ms apart, the
 * last one at once. `show` is told which is the first.
 */
export function showSparingly<T>(show: (value: T, first: boolean) => void): Sparing<T> {
  const begin = performance.now();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let latest: T | undefined;
  let first = true;

  const paint = (value: T) => {
    clearTimeout(timer);
    timer = undefined;
    show(value, first);
    first = false;
  };

  return {
    update(value) {
      latest = value;
      if (timer !== undefined) return;
      const wait = first ? Math.max(0, begin + PATIENCE - performance.now()) : REPAINT;
      timer = setTimeout(() => paint(latest as T), wait);
    },
    finish: paint,
    stop: () => clearTimeout(timer),
  };
}
