import { STORED_BYTES, type StoredMatrix } from '../tensor/stored-matrix.ts';
import { decodeBfloat16, decodeFloat16 } from './dtypes.ts';
import type { FileBytes } from './file-bytes.ts';
import type { AsideRead } from './read-aside.ts';
import { allocateFloat32, readElements } from './read-elements.ts';

/**
 * Memory that is filled again and again, because a new array for each matrix would have to be collected;
 * the collector may take it nevertheless when nothing has been read for a while.
 */
class Scratch {
  #memory = new WeakRef(new ArrayBuffer(0));

  bytes(count: number): Uint8Array<ArrayBuffer> {
    let memory = this.#memory.deref();
    if (memory === undefined || memory.byteLength < count) {
      memory = new ArrayBuffer(count);
      this.#memory = new WeakRef(memory);
    }
    return new Uint8Array(memory, 0, count);
  }

  /** Takes memory in that has come back from elsewhere; gives its first bytes. */
  keep(memory: ArrayBuffer, count: number): Uint8Array<ArrayBuffer> {
    this.#memory = new WeakRef(memory);
    return new Uint8Array(memory, 0, count);
  }
}

const scratch = new Scratch();

/** What is read ahead, of all files together one matrix, into memory of its own. */
const aside = new Scratch();
let ahead: { of: StoredTensor; read: AsideRead } | undefined;

/** A matrix of floats in a file. */
export class StoredTensor implements StoredMatrix {
  readonly rows: number;
  readonly columns: number;
  readonly dtype: StoredMatrix['dtype'];
  readonly #file: FileBytes;
  readonly #position: number;

  /** @param position of its first byte in the file */
  constructor(
    file: FileBytes,
    position: number,
    dtype: StoredMatrix['dtype'],
    [rows, columns]: readonly [number, number],
  ) {
    this.#file = file;
    this.#position = position;
    this.dtype = dtype;
    this.rows = rows;
    this.columns = columns;
  }

  readStored(): Uint8Array<ArrayBuffer> {
    if (ahead?.of === this) {
      const memory = ahead.read.take();
      ahead = undefined;
      if (memory) return aside.keep(memory, this.#bytes);
    }
    const bytes = scratch.bytes(this.#bytes);
    this.#file.read(bytes, this.#position);
    return bytes;
  }

  readFloat32(): Float32Array {
    const values = allocateFloat32(this.rows * this.columns, this.#file.path);
    readElements(this.#file, this.dtype, this.#position, values);
    return values;
  }

  readRows(indices: Int32Array): Float32Array {
    const { columns, dtype } = this;
    const rowBytes = columns * STORED_BYTES[dtype];
    const values = new Float32Array(indices.length * columns);
    const isFloat32 = dtype === 'F32';
    const bytes = isFloat32
      ? new Uint8Array(values.buffer)
      : scratch.bytes(indices.length * rowBytes);
    for (const [i, row] of indices.entries()) {
      const one = bytes.subarray(i * rowBytes, (i + 1) * rowBytes);
      this.#file.read(one, this.#position + row * rowBytes);
    }
    if (isFloat32) return values;
    const codes = new Uint16Array(bytes.buffer, 0, values.length);
    if (dtype === 'F16') decodeFloat16(codes, values);
    else decodeBfloat16(codes, values);
    return values;
  }

  readAhead(): void {
    if (ahead?.of === this) return;
    ahead?.read.stop();
    const { buffer } = aside.bytes(this.#bytes);
    ahead = { of: this, read: this.#file.readAside(buffer, this.#bytes, this.#position) };
  }

  get #bytes(): number {
    return this.rows * this.columns * STORED_BYTES[this.dtype];
  }
}
