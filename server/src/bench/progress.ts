/** Says on stderr what is being done and how long it may yet take. */
export class Progress {
  readonly #stream: NodeJS.WritableStream & { isTTY?: boolean };
  #started = performance.now();
  #what = '';

  constructor(stream: NodeJS.WritableStream & { isTTY?: boolean } = process.stderr) {
    this.#stream = stream;
  }

  /** Begins something new; the time it takes is counted from here. */
  begin(what: string): void {
    this.clear();
    this.#what = what;
    this.#started = performance.now();
    this.#write(`${what} …`, true);
  }

  /** Says that `done` of `all` steps are done. A terminal shows each, a log none. */
  step(done: number, all: number): void {
    const left = ((performance.now() - this.#started) / done) * (all - done);
    this.#write(`${this.#what}: ${done} of ${all}, ${duration(left)} left`, false);
  }

  /** A line that stays. */
  note(line: string): void {
    this.clear();
    this.#stream.write(`${line}\n`);
  }

  /** Takes the current line away. */
  clear(): void {
    if (this.#stream.isTTY) this.#stream.write('\r\x1b[K');
  }

  #write(line: string, always: boolean): void {
    if (this.#stream.isTTY) this.#stream.write(`\r\x1b[K${line}`);
    else if (always) this.#stream.write(`${line}\n`);
  }
}

/** `8 s` or `3 min`. */
export function duration(milliseconds: number): string {
  const seconds = Math.ceil(milliseconds / 1000);
  return seconds < 100 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
}
