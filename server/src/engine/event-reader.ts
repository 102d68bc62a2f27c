import { type LoupeError, toLoupeError } from '@loupe/shared';

export interface ReaderHooks {
  /** Called before each read with how many events have been asked for so far; may throw. */
  ask(asked: number): void;
  /** Called when the reader leaves before the end. */
  leave(): void;
}

interface Waiter<E> {
  resolve: (result: IteratorResult<E, undefined>) => void;
  reject: (error: LoupeError) => void;
}

/**
 * The reading end of a job. Unlike an async generator's, its `return` takes effect at once, even
 * while a `next` is waiting, so a reader that goes away need not wait for the next event.
 */
export class EventReader<E extends object> implements AsyncIterableIterator<E, undefined> {
  readonly #hooks: ReaderHooks;
  readonly #waiting: Waiter<E>[] = [];
  #buffer: E[] = [];
  #asked = 0;
  #ended = false;
  #error: LoupeError | undefined;

  constructor(hooks: ReaderHooks) {
    this.#hooks = hooks;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<E, undefined>> {
    if (!this.#ended) this.#ask();
    const value = this.#buffer.shift();
    if (value !== undefined) return { done: false, value };
    if (!this.#ended) {
      return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
    }
    const error = this.#error;
    this.#error = undefined;
    if (error) throw error;
    return { done: true, value: undefined };
  }

  async return(): Promise<IteratorResult<E, undefined>> {
    if (!this.#ended) {
      this.end();
      this.#hooks.leave();
    }
    this.#buffer = [];
    this.#error = undefined;
    return { done: true, value: undefined };
  }

  /** Hands an event to the reader. */
  push(value: E): void {
    if (this.#ended) return;
    const waiter = this.#waiting.shift();
    if (waiter) waiter.resolve({ done: false, value });
    else this.#buffer.push(value);
  }

  /** No more events: after those that are there already the reader gets the error, or the end. */
  end(error?: LoupeError): void {
    if (this.#ended) return;
    this.#ended = true;
    const [first, ...others] = this.#waiting.splice(0);
    if (error && first) first.reject(error);
    else {
      this.#error = error;
      first?.resolve({ done: true, value: undefined });
    }
    for (const other of others) other.resolve({ done: true, value: undefined });
  }

  /** As `end`, but what has not been read yet is thrown away. */
  abort(error: LoupeError): void {
    this.#buffer = [];
    this.end(error);
  }

  #ask(): void {
    this.#asked++;
    try {
      this.#hooks.ask(this.#asked);
    } catch (thrown) {
      this.end(toLoupeError(thrown));
    }
  }
}
