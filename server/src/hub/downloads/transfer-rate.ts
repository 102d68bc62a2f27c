const WINDOW_MS = 10_000;

/** How fast bytes have come lately. */
export class TransferRate {
  readonly #samples: { time: number; bytes: number }[] = [];

  /** @param bytes that have come in all @param time in milliseconds */
  add(bytes: number, time = performance.now()): void {
    const samples = this.#samples;
    // Ten a second are enough.
    const last = samples.at(-1);
    if (samples.length > 1 && last && time - last.time < 100) samples.pop();
    samples.push({ time, bytes });
    while (samples.length > 2 && time - (samples[0]?.time ?? time) > WINDOW_MS) samples.shift();
  }

  /** Bytes a second over the last ten seconds; null until it can be told. */
  bytesPerSecond(time = performance.now()): number | null {
    const first = this.#samples[0];
    const last = this.#samples.at(-1);
    if (!first || !last || time - first.time < 500) return null;
    return Math.max(0, ((last.bytes - first.bytes) / (time - first.time)) * 1000);
  }
}
