/** Notices when something that has work says nothing for too long. Idleness does not count. */
export class Watchdog {
  readonly #limitMs: number;
  readonly #busy: () => boolean;
  readonly #bark: () => void;
  readonly #timer: NodeJS.Timeout;
  #heardAt = performance.now();

  /** @param limitMs silence that is allowed; `bark` is called up to a quarter of it later. */
  constructor(limitMs: number, busy: () => boolean, bark: () => void) {
    this.#limitMs = limitMs;
    this.#busy = busy;
    this.#bark = bark;
    this.#timer = setInterval(() => this.#check(), limitMs / 4);
  }

  /** A sign of life, or the beginning of work. */
  heard(): void {
    this.#heardAt = performance.now();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #check(): void {
    if (!this.#silent()) return;
    // If this process was the one that was held up, messages lie unread: look at them first.
    setImmediate(() => {
      if (this.#silent()) this.#bark();
    });
  }

  #silent(): boolean {
    return this.#busy() && performance.now() - this.#heardAt >= this.#limitMs;
  }
}
