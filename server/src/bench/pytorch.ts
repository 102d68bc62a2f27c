import { LoupeError } from '@loupe/shared';
import { BENCH_REFERENCE } from '../places.ts';
import type { BenchShape } from './bench-shape.ts';
import { Python } from './python.ts';

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
    const started = await Python.start(BENCH_REFERENCE, options, isInfo);
    return 'python' in started ? new Pytorch(started.python, started.hello) : started;
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

function isInfo(hello: unknown): hello is PytorchInfo {
  return typeof hello === 'object' && hello !== null && 'version' in hello && 'threads' in hello;
}
