import { LoupeError } from '@loupe/shared';
import { showValue } from '../../model/show-value.ts';
import { isNumberDtype } from '../dtypes.ts';
import { FileBytes } from '../file-bytes.ts';
import { allocateFloat32, readElements } from '../read-elements.ts';
import { showShape } from '../safetensors-header.ts';
import { readLegacyForm } from './legacy-form.ts';
import type { Storage, Tensor } from './pickle-values.ts';
import { type PlainValue, toPlainData } from './plain-data.ts';
import { badTorchFile } from './problems.ts';
import { isContiguous, isReadable, readStrided } from './strided-read.ts';
import type { StoragePlace, TorchContents } from './torch-contents.ts';
import { readZipForm } from './zip-form.ts';

/** What a PyTorch file says of one tensor. */
export interface TorchTensorInfo {
  /** As safetensors calls it: `F32`, `BF16`; `C128` for complex128, which safetensors does not have. */
  readonly dtype: string;
  readonly shape: readonly number[];
}

/** How much a tensor that repeats its storage may grow, so that a small file stays a small matter. */
const MAX_REPEATED_ELEMENTS = 1 << 24;

/**
 * A file of torch.save (`.pt`, `.pth`, `.bin`), in either of its forms, open for reading one tensor at
 * a time. Nothing of it is ever run. Opening it reads its pickle and checks it against the file;
 * tensors go from the file straight into typed arrays. For little-endian machines.
 */
export class TorchFile {
  readonly path: string;
  /** Names of all tensors: the keys on the way to them, joined with dots. A lone tensor is `tensor`. */
  readonly names: readonly string[];
  /** All that was saved, with references in place of tensors. */
  readonly data: PlainValue;
  readonly #file: FileBytes;
  readonly #tensors: ReadonlyMap<string, Tensor>;
  readonly #storages: ReadonlyMap<string, StoragePlace>;

  private constructor(file: FileBytes) {
    this.path = file.path;
    this.#file = file;
    const { root, storages } = readContents(file);
    const { plain, tensors } = toPlainData(root, file.path);
    this.data = plain;
    this.names = [...tensors.keys()];
    this.#tensors = tensors;
    this.#storages = storages;
    for (const [name, tensor] of tensors) this.#place(name, tensor.storage);
  }

  /**
   * Opens a file and checks that it has the bytes of all its tensors.
   *
   * @throws LoupeError `LOUPE_UNSAFE_FILE` if it names anything that weights and settings do not need,
   * saying what; `LOUPE_BAD_FILE` if it is damaged or of another form.
   */
  static open(path: string): TorchFile {
    const file = FileBytes.open(path);
    try {
      return new TorchFile(file);
    } catch (error) {
      file.close();
      throw error;
    }
  }

  has(name: string): boolean {
    return this.#tensors.has(name);
  }

  /**
   * How a tensor is stored.
   *
   * @throws LoupeError `LOUPE_BAD_FILE` if the file has no such tensor.
   */
  info(name: string): TorchTensorInfo {
    const { dtype, shape } = this.#tensor(name);
    return { dtype: dtype.code, shape };
  }

  /**
   * All values of a tensor as float32, row by row: exact for float32, float16, bfloat16, bool and
   * integers of up to 16 bits, rounded to nearest for the others.
   *
   * @throws LoupeError `LOUPE_BAD_FILE` if there is no such tensor, it holds no such numbers, or the
   * file cannot be read; `LOUPE_OUT_OF_MEMORY` if there is no room for the values.
   */
  readFloat32(name: string): Float32Array {
    const { offset, shape, strides } = this.#tensor(name);
    return this.#read(name, offset, shape, strides);
  }

  /**
   * Rows `from` up to, not including, `to` along the first axis: `[to − from, …the other axes]`.
   *
   * @throws LoupeError as `readFloat32`, and `LOUPE_BAD_FILE` for rows that the tensor does not have.
   */
  readRows(name: string, from: number, to: number): Float32Array {
    const { offset, shape, strides } = this.#tensor(name);
    const [rows, ...others] = shape;
    const asked = Number.isInteger(from) && Number.isInteger(to) && 0 <= from && from <= to;
    if (rows === undefined || !asked || to > rows) {
      throw this.#bad(name, `${showShape(shape)} has no rows ${from} to ${to}`);
    }
    return this.#read(
      name,
      offset + from * (strides[0] as number),
      [to - from, ...others],
      strides,
    );
  }

  /** Closes the file. No tensor can be read afterwards; closing again does nothing. */
  close(): void {
    this.#file.close();
  }

  #tensor(name: string): Tensor {
    const tensor = this.#tensors.get(name);
    if (tensor === undefined) throw this.#bad(name, 'is missing');
    return tensor;
  }

  #read(
    name: string,
    offset: number,
    shape: readonly number[],
    strides: readonly number[],
  ): Float32Array {
    const { dtype, storage } = this.#tensor(name);
    if (this.#file.closed) throw this.#bad(name, 'cannot be read: the file is closed');
    const { code } = dtype;
    if (!isNumberDtype(code)) throw this.#bad(name, `holds ${code}, where numbers are expected`);
    const elements = shape.reduce((product, length) => product * length, 1);
    const most = Math.max(storage.bytes / dtype.bytes, MAX_REPEATED_ELEMENTS);
    if (elements > most || !isReadable(shape, strides)) {
      throw this.#bad(name, 'repeats or overlaps itself too often to be read');
    }
    const out = allocateFloat32(elements, `${this.path}: ${name}`);
    if (elements === 0) return out;
    const position = this.#place(name, storage) + offset * dtype.bytes;
    if (isContiguous(shape, strides)) readElements(this.#file, code, position, out);
    else readStrided(this.#file, code, position, shape, strides, out);
    return out;
  }

  /** Where a tensor's storage begins in the file, after checking that all of it is there. */
  #place(name: string, storage: Storage): number {
    const place = this.#storages.get(storage.key);
    if (place === undefined) throw this.#bad(name, 'has no storage in the file');
    if (storage.begin + storage.bytes > place.bytes) {
      throw this.#bad(name, `needs a storage of ${storage.bytes} bytes, and has ${place.bytes}`);
    }
    return place.position + storage.begin;
  }

  #bad(name: string, what: string): LoupeError {
    return new LoupeError('LOUPE_BAD_FILE', `${this.path}: tensor ${showValue(name)} ${what}.`);
  }
}

const TAR_MAGIC_AT = 257;

/** Tells the forms apart by their first bytes. */
function readContents(file: FileBytes): TorchContents {
  const head = Buffer.alloc(Math.min(512, file.size));
  file.read(head, 0);
  if (head.subarray(0, 4).toString('latin1') === 'PK\x03\x04') return readZipForm(file);
  if (head[0] === 0x80) return readLegacyForm(file);
  if (head.subarray(TAR_MAGIC_AT, TAR_MAGIC_AT + 5).toString('latin1') === 'ustar') {
    throw badTorchFile(
      file.path,
      'it is a tar archive, as PyTorch wrote before 0.1.10. Load and save it again in Python',
    );
  }
  if (head[8] === '{'.charCodeAt(0)) {
    throw badTorchFile(file.path, 'it looks like a safetensors file. Call it .safetensors');
  }
  throw badTorchFile(file.path, 'it begins like no file of torch.save');
}
