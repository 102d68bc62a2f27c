import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs';
import { LoupeError } from '@loupe/shared';
import { decodeBfloat16, decodeFloat16, type FloatDtype, isFloatDtype } from './dtypes.ts';
import {
  LARGEST_HEADER,
  parseSafetensorsHeader,
  type SafetensorsHeader,
  showShape,
  type TensorEntry,
  type TensorInfo,
} from './safetensors-header.ts';

/** Elements that are decoded at a time: the codes then stay in a processor's cache. */
const CHUNK_ELEMENTS = 1 << 17;
/** Node refuses to read more than 2 GiB at once. */
const LARGEST_READ = 1 << 30;
const LENGTH_BYTES = 8;
/** 8 GiB of float32; TensorFlow counts the elements of a tensor in 31 bits too. */
const MOST_ELEMENTS = 2 ** 31;

/**
 * A safetensors file, open for reading one tensor at a time. Opening it reads and checks the header
 * only; tensors go from the file straight into typed arrays. For little-endian machines, which the
 * format and TensorFlow.js assume too.
 */
export class SafetensorsFile {
  readonly path: string;
  /** Names of all tensors. */
  readonly names: readonly string[];
  /** `__metadata__` of the header: what the writer says besides. */
  readonly metadata: Readonly<Record<string, string>>;
  readonly #entries: ReadonlyMap<string, TensorEntry>;
  readonly #dataStart: number;
  #descriptor: number | undefined;

  private constructor(path: string, descriptor: number) {
    this.path = path;
    this.#descriptor = descriptor;
    const { entries, metadata, dataStart } = readHeader(path, descriptor);
    this.metadata = metadata;
    this.#entries = entries;
    this.#dataStart = dataStart;
    this.names = [...entries.keys()];
  }

  /**
   * Opens a file and checks its header against its size.
   *
   * @throws LoupeError `LOUPE_BAD_FILE` naming the file and, where there is one, the tensor.
   */
  static open(path: string): SafetensorsFile {
    const descriptor = openRegularFile(path);
    try {
      return new SafetensorsFile(path, descriptor);
    } catch (error) {
      closeSync(descriptor);
      throw error;
    }
  }

  has(name: string): boolean {
    return this.#entries.has(name);
  }

  /**
   * How a tensor is stored.
   *
   * @throws LoupeError `LOUPE_BAD_FILE` if the file has no such tensor.
   */
  info(name: string): TensorInfo {
    const { dtype, shape } = this.#entry(name);
    return { dtype, shape };
  }

  /**
   * All values of a float tensor as float32, row by row: exact for F32, F16 and BF16, rounded to
   * nearest for F64.
   *
   * @throws LoupeError `LOUPE_BAD_FILE` if there is no such tensor, it does not hold floats, or the
   * file cannot be read; `LOUPE_OUT_OF_MEMORY` if there is no room for the values.
   */
  readFloat32(name: string): Float32Array {
    const entry = this.#entry(name);
    return this.#read(name, entry, 0, entry.elements);
  }

  /**
   * Rows `from` up to, not including, `to` along the first axis: `[to − from, …the other axes]`.
   *
   * @throws LoupeError as `readFloat32`, and `LOUPE_BAD_FILE` for rows that the tensor does not have.
   */
  readRows(name: string, from: number, to: number): Float32Array {
    const entry = this.#entry(name);
    const rows = entry.shape[0];
    const asked = Number.isInteger(from) && Number.isInteger(to) && 0 <= from && from <= to;
    if (rows === undefined || !asked || to > rows) {
      throw this.#bad(name, `${showShape(entry.shape)} has no rows ${from} to ${to}`);
    }
    const width = rows === 0 ? 0 : entry.elements / rows;
    return this.#read(name, entry, from * width, (to - from) * width);
  }

  /** Closes the file. Nothing can be read afterwards; closing again does nothing. */
  close(): void {
    if (this.#descriptor === undefined) return;
    closeSync(this.#descriptor);
    this.#descriptor = undefined;
  }

  #entry(name: string): TensorEntry {
    const entry = this.#entries.get(name);
    if (entry === undefined) throw this.#bad(name, 'is missing');
    return entry;
  }

  #read(name: string, entry: TensorEntry, first: number, count: number): Float32Array {
    if (this.#descriptor === undefined) throw this.#bad(name, 'cannot be read: the file is closed');
    const { dtype } = entry;
    if (!isFloatDtype(dtype)) throw this.#bad(name, `holds ${dtype}, where floats are expected`);
    const out = allocate(count, `${this.path}: ${name}`);
    readFloats(this.path, this.#descriptor, dtype, this.#dataStart + entry.begin, first, out);
    return out;
  }

  #bad(name: string, what: string): LoupeError {
    return new LoupeError('LOUPE_BAD_FILE', `${this.path}: tensor ${name} ${what}.`);
  }
}

function openRegularFile(path: string): number {
  try {
    // Opening a pipe would wait for a writer, so look before.
    if (statSync(path).isFile()) return openSync(path, 'r');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new LoupeError('LOUPE_BAD_FILE', `${path} cannot be opened: ${reason}`);
  }
  throw new LoupeError('LOUPE_BAD_FILE', `${path} is not a file.`);
}

function readHeader(path: string, descriptor: number): SafetensorsHeader & { dataStart: number } {
  const { size } = fstatSync(descriptor);
  if (size < LENGTH_BYTES) throw tooShort(path, size);
  const lengthBytes = new Uint8Array(LENGTH_BYTES);
  readFully(path, descriptor, lengthBytes, 0);
  const announced = new DataView(lengthBytes.buffer).getBigUint64(0, true);
  if (announced > LARGEST_HEADER) {
    throw new LoupeError(
      'LOUPE_BAD_FILE',
      `${path} is not a safetensors file: its header would be ${announced} bytes long.`,
    );
  }
  const length = Number(announced);
  const dataStart = LENGTH_BYTES + length;
  if (dataStart > size) throw tooShort(path, size);
  const header = new Uint8Array(length);
  readFully(path, descriptor, header, LENGTH_BYTES);
  return { ...parseSafetensorsHeader(header, size - dataStart, path), dataStart };
}

function tooShort(path: string, size: number): LoupeError {
  return new LoupeError(
    'LOUPE_BAD_FILE',
    `${path} is cut short or not a safetensors file: its ${size} bytes do not hold a whole header.`,
  );
}

function allocate(count: number, what: string): Float32Array<ArrayBuffer> {
  try {
    if (count < MOST_ELEMENTS) return new Float32Array(count);
  } catch {
    // Whatever the engine of JavaScript says, it is that there is no room.
  }
  throw new LoupeError('LOUPE_OUT_OF_MEMORY', `There is no room for ${count} values of ${what}.`);
}

/** Fills `out` with elements from `first` on of a tensor that begins at byte `start` of the file. */
function readFloats(
  path: string,
  descriptor: number,
  dtype: FloatDtype,
  start: number,
  first: number,
  out: Float32Array<ArrayBuffer>,
): void {
  if (dtype === 'F32') {
    readFully(path, descriptor, new Uint8Array(out.buffer), start + first * 4);
    return;
  }
  const chunk = Math.min(CHUNK_ELEMENTS, out.length);
  const codes = dtype === 'F64' ? new Float64Array(chunk) : new Uint16Array(chunk);
  const width = codes.BYTES_PER_ELEMENT;
  for (let done = 0; done < out.length; done += chunk) {
    const some = codes.subarray(0, Math.min(chunk, out.length - done));
    const bytes = new Uint8Array(some.buffer, 0, some.byteLength);
    readFully(path, descriptor, bytes, start + (first + done) * width);
    const values = out.subarray(done, done + some.length);
    if (some instanceof Float64Array) values.set(some);
    else if (dtype === 'F16') decodeFloat16(some, values);
    else decodeBfloat16(some, values);
  }
}

/** Fills `bytes` from the file at `position`. */
function readFully(path: string, descriptor: number, bytes: Uint8Array, position: number): void {
  let done = 0;
  while (done < bytes.length) {
    const wanted = Math.min(bytes.length - done, LARGEST_READ);
    const got = readSome(path, descriptor, bytes, done, wanted, position + done);
    if (got === 0) {
      throw new LoupeError('LOUPE_BAD_FILE', `${path} became shorter while it was being read.`);
    }
    done += got;
  }
}

function readSome(
  path: string,
  descriptor: number,
  bytes: Uint8Array,
  offset: number,
  length: number,
  position: number,
): number {
  try {
    return readSync(descriptor, bytes, offset, length, position);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new LoupeError('LOUPE_BAD_FILE', `${path} cannot be read: ${reason}`);
  }
}
