type Listener = (message: string, fields: object) => void;

let listener: Listener | undefined;

/** Has someone told of what is done, or nobody: then nothing is put into words either. */
export function listenToDebug(listen: Listener | undefined): void {
  listener = listen;
}

/**
 * Tells of something for those who look for where time and memory go: `LOUPE_LOG_LEVEL=debug` shows it.
 *
 * @param fields made only if somebody listens
 */
export function debug(message: string, fields: () => object): void {
  listener?.(message, fields());
}

/**
 * Does something and tells how long that took, as `ms`. What throws is not told of: its error is.
 *
 * @param fields made only if somebody listens
 */
export function timed<R>(message: string, fields: (result: R) => object, work: () => R): R {
  if (!listener) return work();
  const began = performance.now();
  const result = work();
  const ms = Math.round(10 * (performance.now() - began)) / 10;
  listener(message, { ...fields(result), ms });
  return result;
}
