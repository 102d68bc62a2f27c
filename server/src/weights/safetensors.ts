import { LoupeError } from '@loupe/shared';
import { DTYPE_BITS, isFloatDtype } from './dtypes.ts';
import { FileBytes } from './file-bytes.ts';
import { allocateFloat32, readElements } from './read-elements.ts';
import {
  LARGEST_HEADER,
  parseSafetensorsHeader,
  type SafetensorsHeader,
  showShape,
  type TensorEntry,
  type TensorInfo,
} from './safetensors-header.ts';
import { StoredTensor } from './stored-tensor.ts';

const LENGTH_BYTES = 8;

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
  readonly #file: FileBytes;

  private constructor(file: FileBytes) {
    this.path = file.path;
    this.#file = file;
    const { entries, metadata, dataStart } = readHeader(file);
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
    const file = FileBytes.open(path);
    try {
      return new SafetensorsFile(file);
    } catch (error) {
      file.close();
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

  /**
   * A matrix to be read later, as often as needed while the file is open.
   *
   * @throws LoupeError `LOUPE_BAD_FILE` if there is no such tensor, or it is no matrix of 16- or 32-bit
   * floats
   */
  matrix(name: string): StoredTensor {
    const { dtype, shape, begin } = this.#entry(name);
    const [rows, columns, ...more] = shape;
    const isStored = dtype === 'F16' || dtype === 'BF16' || dtype === 'F32';
    if (rows === undefined || columns === undefined || more.length > 0 || !isStored) {
      throw this.#bad(
        name,
        `is ${dtype} ${showShape(shape)}, where a matrix of floats is expected`,
      );
    }
    return new StoredTensor(this.#file, this.#dataStart + begin, dtype, [rows, columns]);
  }

  /** Closes the file. Nothing can be read afterwards; closing again does nothing. */
  close(): void {
    this.#file.close();
  }

  #entry(name: string): TensorEntry {
    const entry = this.#entries.get(name);
    if (entry === undefined) throw this.#bad(name, 'is missing');
    return entry;
  }

  #read(name: string, entry: TensorEntry, first: number, count: number): Float32Array {
    if (this.#file.closed) throw this.#bad(name, 'cannot be read: the file is closed');
    const { dtype } = entry;
    if (!isFloatDtype(dtype)) throw this.#bad(name, `holds ${dtype}, where floats are expected`);
    const out = allocateFloat32(count, `${this.path}: ${name}`);
    const begin = this.#dataStart + entry.begin + (first * DTYPE_BITS[dtype]) / 8;
    readElements(this.#file, dtype, begin, out);
    return out;
  }

  #bad(name: string, what: string): LoupeError {
    return new LoupeError('LOUPE_BAD_FILE', `${this.path}: tensor ${name} ${what}.`);
  }
}

function readHeader(file: FileBytes): SafetensorsHeader & { dataStart: number } {
  const { path, size } = file;
  if (size < LENGTH_BYTES) throw tooShort(path, size);
  const lengthBytes = new Uint8Array(LENGTH_BYTES);
  file.read(lengthBytes, 0);
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
  file.read(header, LENGTH_BYTES);
  return { ...parseSafetensorsHeader(header, size - dataStart, path), dataStart };
}

function tooShort(path: string, size: number): LoupeError {
  return new LoupeError(
    'LOUPE_BAD_FILE',
    `${path} is cut short or not a safetensors file: its ${size} bytes do not hold a whole header.`,
  );
}
