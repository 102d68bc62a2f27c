/**
 * Runs a generator to its result and yields something else for each thing that it yields. Leaving it early
 * leaves the generator too, so that it frees what it holds.
 */
export function* mapYields<Y, Z, R>(
  work: Generator<Y, R>,
  change: (yielded: Y) => Z,
): Generator<Z, R> {
  let finished = false;
  try {
    for (;;) {
      const { done, value } = work.next();
      finished = done === true;
      if (done) return value;
      yield change(value);
    }
  } finally {
    if (!finished) work.return(undefined as R);
  }
}
