import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { LoupeError } from '@loupe/shared';
import type { BenchShape } from './bench-shape.ts';

const SCRIPT = fileURLToPath(new URL('reference.py', import.meta.url));
const PYTHONS = ['python3', 'python'];
/** Characters of Python's own words kept for a message. */
const LAST_WORDS = 2000;

/** The work that the comparison can do. */
export type PytorchWork = 'forward' | 'encode' | 'end_to_end' | 'append' | 'libraries';

/** What the comparison runs on. */
export interface PytorchOptions {
  /** True for the GPU, and for nothing if torch finds none. */
  gpu?: boolean;
  /** True to let products on a GPU be rounded to TF32. */
  tf32?: boolean;
}

/** Which PyTorch answers. */
export interface PytorchInfo {
  version: string;
  threads: number;
  /** `CPU`, or the GPU's name. */
  device: string;
  /** Names and versions of TransformerLens and SAELens; `null` where they are not installed. */
  libraries: string | null;
}

/** The same work in plain PyTorch, done by a Python process one piece at a time. */
export class Pytorch {
  readonly info: PytorchInfo;
  readonly #python: Python;

  private constructor(python: Python, info: PytorchInfo) {
    this.#python = python;
    this.info = info;
  }

  /** Starts the first Python that has torch; where none does, says why. */
  static async start({ gpu, tf32 }: PytorchOptions = {}): Promise<Pytorch | { reason: string }> {
    const options = [...(gpu ? ['--device', 'cuda'] : []), ...(tf32 ? ['--tf32'] : [])];
    let reason = 'no Python was found';
    for (const name of PYTHONS) {
      const python = await Python.start(name, options);
      if (!python) continue;
      const hello = await python.answer();
      if (isInfo(hello)) return new Pytorch(python, hello);
      python.close();
      reason = `${name}: ${isFailure(hello) ? hello.error : python.lastWords}`;
    }
    return { reason };
  }

  /** Builds a model of this shape with `active` features on a token and source, in place of the last. */
  async build(shape: BenchShape, active: number): Promise<void> {
    await this.#ask({ do: 'build', shape, active });
  }

  /** Milliseconds of one piece of work; with the reconstruction error as a dense product, or without. */
  async time(work: PytorchWork, tokens: number, withError: boolean): Promise<number> {
    return this.#ask({ do: work, tokens, withError });
  }

  close(): void {
    this.#python.close();
  }

  async #ask(request: object): Promise<number> {
    this.#python.send(request);
    const answer = await this.#python.answer();
    if (typeof answer === 'object' && answer !== null && 'ms' in answer) return Number(answer.ms);
    throw new LoupeError(
      'LOUPE_INTERNAL',
      `The PyTorch comparison broke off; --no-pytorch leaves it out. ${this.#python.lastWords}`,
    );
  }
}

/** A Python process that answers lines of JSON with lines of JSON. */
class Python {
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

  /** Undefined where there is no such program. */
  static async start(name: string, options: readonly string[]): Promise<Python | undefined> {
    const process = spawn(name, [SCRIPT, ...options], { stdio: 'pipe' });
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

function isInfo(hello: unknown): hello is PytorchInfo {
  return typeof hello === 'object' && hello !== null && 'version' in hello && 'threads' in hello;
}

function isFailure(hello: unknown): hello is { error: string } {
  return typeof hello === 'object' && hello !== null && 'error' in hello;
}
