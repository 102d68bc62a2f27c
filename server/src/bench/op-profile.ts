import { type NativeTensor, nativeBackend } from '../tensor/native-ops.ts';

/** One TensorFlow op with one shape of result, in all its calls together. */
export interface OpRow {
  /** `MatMul`; or `read` and `write` for tensors that go to and come from JavaScript. */
  op: string;
  /** Shape of the result; empty for `read` and `write`. */
  shape: string;
  calls: number;
  milliseconds: number;
}

/** Where the time of a piece of work went; what no row accounts for is JavaScript. */
export interface OpProfile {
  milliseconds: number;
  /** Longest first. */
  rows: OpRow[];
}

/** The parts of tfjs-node's binding that take time. */
interface TimedBinding {
  executeOp(name: string, attributes: unknown, ids: unknown, outputs: number): NativeTensor[];
  tensorDataSync(id: number): unknown;
  createTensor(...values: unknown[]): unknown;
}

/**
 * Runs some work on the `tensorflow` backend and tells how long each op took. On a CPU ops run one
 * after another, so their times add up; on a GPU they only enter a queue.
 */
export async function profileOps(work: () => Promise<unknown>): Promise<OpProfile> {
  const backend = nativeBackend() as unknown as { binding: TimedBinding };
  const original = backend.binding;
  const rows = new Map<string, OpRow>();
  const count = (op: string, shape: string, milliseconds: number) => {
    const row = rows.get(`${op} ${shape}`) ?? { op, shape, calls: 0, milliseconds: 0 };
    row.calls++;
    row.milliseconds += milliseconds;
    rows.set(`${op} ${shape}`, row);
  };
  const timed = <T>(call: () => T, name: (result: T) => [op: string, shape: string]): T => {
    const started = performance.now();
    const result = call();
    count(...name(result), performance.now() - started);
    return result;
  };
  const watched: TimedBinding = {
    executeOp: (op, ...rest) =>
      timed(
        () => original.executeOp(op, ...rest),
        (results) => [op, results[0]?.shape.join(' × ') ?? ''],
      ),
    tensorDataSync: (id) =>
      timed(
        () => original.tensorDataSync(id),
        () => ['read', ''],
      ),
    createTensor: (...values) =>
      timed(
        () => original.createTensor(...values),
        () => ['write', ''],
      ),
  };
  // The binding's own properties are read-only, so they are shadowed and not assigned to.
  const shadows = Object.entries(watched).map(([key, value]) => [key, { value }]);
  backend.binding = Object.create(original, Object.fromEntries(shadows)) as TimedBinding;
  const started = performance.now();
  try {
    await work();
  } finally {
    backend.binding = original;
  }
  return {
    milliseconds: performance.now() - started,
    rows: [...rows.values()].sort((a, b) => b.milliseconds - a.milliseconds),
  };
}
