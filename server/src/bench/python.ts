import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

const PYTHONS = ['python3', 'python'];
/** Characters of Python's own words kept for a message. */
const LAST_WORDS = 2000;

/** A Python process that answers lines of JSON with lines of JSON. */
export class Python {
  lastWords = '';
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #lines: AsyncIterator<string>;

  private constructor(process: ChildProcessWithoutNullStreams) {
    this.#process = process;
    this.#lines = createInterface({ input: process.stdout })[Symbol.asyncIterator]();
    process.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.lastWords = (this.lastWords + text).slice(-LAST_WORDS);
    });
    // A process that has died is noticed by its missing answer.
    process.stdin.on('error', () => {});
  }

  /**
   * Runs a script with the first Python whose first answer is as wanted; where none is, says why.
   *
   * @param options on the script's command line
   */
  static async start<Hello>(
    script: string,
    options: readonly string[],
    isHello: (answer: unknown) => answer is Hello,
  ): Promise<{ python: Python; hello: Hello } | { reason: string }> {
    let reason = 'no Python was found';
    for (const name of PYTHONS) {
      const python = await Python.#spawn(name, [script, ...options]);
      if (!python) continue;
      const hello = await python.answer();
      if (isHello(hello)) return { python, hello };
      python.close();
      reason = `${name}: ${isFailure(hello) ? hello.error : python.lastWords}`;
    }
    return { reason };
  }

  /** Undefined where there is no such program. */
  static async #spawn(name: string, args: readonly string[]): Promise<Python | undefined> {
    const process = spawn(name, args, { stdio: 'pipe' });
    try {
      await once(process, 'spawn');
    } catch {
      return undefined;
    }
    return new Python(process);
  }

  send(request: object): void {
    this.#process.stdin.write(`${JSON.stringify(request)}\n`);
  }

  /** The next line; undefined where there is none or it is not JSON. */
  async answer(): Promise<unknown> {
    const { value, done } = await this.#lines.next();
    try {
      return done ? undefined : JSON.parse(value);
    } catch {
      return undefined;
    }
  }

  close(): void {
    this.#process.stdin.end();
    this.#process.kill();
  }
}

function isFailure(hello: unknown): hello is { error: string } {
  return typeof hello === 'object' && hello !== null && 'error' in hello;
}
