import * as tf from '@tensorflow/tfjs-core';

/** A tensor that lives in TensorFlow alone, of a type that TensorFlow.js may not know. */
export interface NativeTensor {
  id: number;
  shape: number[];
  dtype: number;
}

interface Binding {
  TF_ATTR_TYPE: number;
  TF_ATTR_BOOL: number;
  TF_ATTR_INT: number;
  TF_FLOAT: number;
  TF_INT32: number;
  TF_INT64: number;
  TF_BOOL: number;
  executeOp(name: string, attributes: Attribute[], ids: number[], outputs: number): NativeTensor[];
  createTensor(shape: number[], dtype: number, values: Uint8Array): number;
  deleteTensor(id: number): void;
  TF_Version: string;
}

interface Attribute {
  name: string;
  type: number;
  value: number | boolean;
}

/** The part of tfjs-node's backend that reaches TensorFlow's own ops. */
export interface NativeBackend {
  binding: Binding;
  isUsingGpuDevice: boolean;
  getInputTensorIds(tensors: tf.Tensor[]): number[];
  createOutputTensor(tensor: NativeTensor): tf.Tensor;
}

/** The running tfjs-node backend. */
export function nativeBackend(): NativeBackend {
  return tf.backend() as unknown as NativeBackend;
}

/** Numbers of TensorFlow's C API (`tf_datatype.h`) for types that tfjs-node has no name for. */
const OTHER_TYPES = { uint8: 4, bfloat16: 14, float16: 19 } as const;

type TypeName = 'float32' | 'int32' | 'int64' | 'bool' | keyof typeof OTHER_TYPES;

/**
 * Calls TensorFlow's ops by name, also those that TensorFlow.js has no name for, keeping intermediate tensors native. What
 * `run` makes is freed when `use` returns, except for what `adopt` hands to TensorFlow.js.
 */
export class NativeOps {
  readonly #backend: NativeBackend;
  readonly #owned = new Set<number>();

  private constructor(backend: NativeBackend) {
    this.#backend = backend;
  }

  static use<T>(work: (ops: NativeOps) => T): T {
    const ops = new NativeOps(nativeBackend());
    try {
      return work(ops);
    } finally {
      for (const id of ops.#owned) ops.#backend.binding.deleteTensor(id);
    }
  }

  type(name: string, type: TypeName): Attribute {
    const { binding } = this.#backend;
    const value = {
      float32: binding.TF_FLOAT,
      int32: binding.TF_INT32,
      int64: binding.TF_INT64,
      bool: binding.TF_BOOL,
      ...OTHER_TYPES,
    };
    return { name, type: binding.TF_ATTR_TYPE, value: value[type] };
  }

  flag(name: string, value: boolean): Attribute {
    return { name, type: this.#backend.binding.TF_ATTR_BOOL, value };
  }

  integer(name: string, value: number): Attribute {
    return { name, type: this.#backend.binding.TF_ATTR_INT, value };
  }

  /** A tensor of bytes. */
  bytes(shape: number[], values: Uint8Array): NativeTensor {
    const dtype = OTHER_TYPES.uint8;
    const id = this.#backend.binding.createTensor(shape, dtype, values);
    this.#owned.add(id);
    return { id, shape, dtype };
  }

  /** Runs an op that has one output. */
  run(name: string, inputs: (NativeTensor | tf.Tensor)[], attributes: Attribute[]): NativeTensor {
    const ids = inputs.map((input) =>
      input instanceof tf.Tensor
        ? (this.#backend.getInputTensorIds([input])[0] as number)
        : input.id,
    );
    const output = this.#backend.binding.executeOp(name, attributes, ids, 1)[0] as NativeTensor;
    this.#owned.add(output.id);
    return output;
  }

  cast(input: NativeTensor | tf.Tensor, from: TypeName, to: TypeName): NativeTensor {
    const types = [this.type('SrcT', from), this.type('DstT', to)];
    return this.run('Cast', [input], [...types, this.flag('Truncate', false)]);
  }

  /** Keeps a native tensor after `use`, until it is given to `free`. */
  keep(tensor: NativeTensor): NativeTensor {
    this.#owned.delete(tensor.id);
    return tensor;
  }

  static free(tensor: NativeTensor): void {
    nativeBackend().binding.deleteTensor(tensor.id);
  }

  /** Hands a native tensor over to TensorFlow.js, which frees it from then on. */
  adopt<T extends tf.Tensor>(tensor: NativeTensor): T {
    this.#owned.delete(tensor.id);
    return this.#backend.createOutputTensor(tensor) as T;
  }
}
