import { type GraphMode, LoupeError } from '@loupe/shared';
import { CIRCUIT_REFERENCE } from '../../places.ts';
import type { BenchShape } from '../bench-shape.ts';
import { Python } from '../python.ts';

/** What the comparison runs on. */
export interface ReferenceInfo {
  /** Of PyTorch. */
  version: string;
  threads: number;
  /** Version of circuit-tracer; `null` where it is not installed. */
  circuitTracer: string | null;
}

/** One graph of the comparison's. */
export interface ReferenceRun {
  /** Milliseconds. */
  ms: number;
  /** Features traced. */
  nodes: number;
  /** Most resident memory of its process meanwhile, in bytes; 0 where the system does not say. */
  peak: number;
}

/** The same graphs by PyTorch's autograd and by circuit-tracer, in a Python process, one at a time. */
export class CircuitReference {
  readonly info: ReferenceInfo;
  readonly #python: Python;

  private constructor(python: Python, info: ReferenceInfo) {
    this.#python = python;
    this.info = info;
  }

  /** Starts the first Python that has torch; where none does, says why. */
  static async start(): Promise<CircuitReference | { reason: string }> {
    const started = await Python.start(CIRCUIT_REFERENCE, [], isInfo);
    return 'python' in started ? new CircuitReference(started.python, started.hello) : started;
  }

  /** Builds a model of this shape with `active` features on a token and source. */
  async build(shape: BenchShape, active: number): Promise<void> {
    await this.#ask({ do: 'build', shape, active });
  }

  autograd(mode: GraphMode, tokens: number, maxNodes: number): Promise<ReferenceRun> {
    return this.#ask({ do: 'autograd', mode, tokens, maxNodes });
  }

  /** Always with attention passed through, and transcoders alone. */
  circuitTracer(tokens: number, maxNodes: number): Promise<ReferenceRun> {
    return this.#ask({ do: 'circuit_tracer', tokens, maxNodes });
  }

  close(): void {
    this.#python.close();
  }

  async #ask(request: object): Promise<ReferenceRun> {
    this.#python.send(request);
    const answer = await this.#python.answer();
    if (typeof answer === 'object' && answer !== null && 'ms' in answer) {
      return answer as ReferenceRun;
    }
    throw new LoupeError(
      'LOUPE_INTERNAL',
      `The comparison broke off; --no-pytorch leaves it out. ${this.#python.lastWords}`,
    );
  }
}

function isInfo(hello: unknown): hello is ReferenceInfo {
  return typeof hello === 'object' && hello !== null && 'circuitTracer' in hello;
}
