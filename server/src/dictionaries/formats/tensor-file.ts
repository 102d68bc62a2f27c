import { LoupeError } from '@loupe/shared';
import type { TensorPlace } from '../card.ts';
import type { DictionaryFolder, TensorReader } from '../format.ts';

/** The tensors of one file of a dictionary, each checked against the shape it should have. */
export class TensorFile {
  /** For messages. */
  readonly path: string;
  readonly #reader: TensorReader;
  readonly #read = new Set<string>();
  #isLeft: (name: string) => boolean = () => false;

  private constructor(folder: DictionaryFolder, file: string) {
    this.path = `${folder.path}/${file}`;
    this.#reader = folder.openTensors(file);
  }

  /**
   * Opens a file, hands it on and closes it. Where the values of a tensor are read, those of all must be,
   * or be left on purpose: one that is left out would give other activations than the authors'.
   *
   * @throws LoupeError `LOUPE_UNSUPPORTED_DICTIONARY` for a tensor that has not been read
   */
  static use<T>(folder: DictionaryFolder, file: string, read: (file: TensorFile) => T): T {
    const tensors = new TensorFile(folder, file);
    try {
      const result = read(tensors);
      tensors.#refuseUnread();
      return result;
    } finally {
      tensors.#reader.close();
    }
  }

  /** Says which tensors need not be read: those of other sources, or of the training alone. */
  leave(isLeft: (name: string) => boolean): void {
    const before = this.#isLeft;
    this.#isLeft = (name) => before(name) || isLeft(name);
  }

  /** What the file holds beside tensors. */
  get data(): unknown {
    return this.#reader.data;
  }

  /** Full name of a tensor by its last part, wherever in the file it lies. */
  find(name: string): string | undefined {
    const { names } = this.#reader;
    return names.find((full) => full === name) ?? names.find((full) => full.endsWith(`.${name}`));
  }

  /** Names of all tensors. */
  get names(): readonly string[] {
    return this.#reader.names;
  }

  has(place: TensorPlace): boolean {
    return this.#reader.names.includes(nameOf(place));
  }

  /**
   * Shape of a tensor once its axes are in order.
   *
   * @throws LoupeError `LOUPE_BAD_FILE` if the file does not have it
   */
  shape(place: TensorPlace): readonly number[] {
    if (!this.has(place)) {
      throw new LoupeError('LOUPE_BAD_FILE', `${this.path} has no tensor ${nameOf(place)}.`);
    }
    const { shape } = this.#reader.info(nameOf(place));
    return isTransposed(place) ? shape.toReversed() : shape;
  }

  /**
   * Values of a tensor, row by row, its axes in order.
   *
   * @throws LoupeError `LOUPE_BAD_FILE`, `LOUPE_SHAPE_MISMATCH`
   */
  read(place: TensorPlace, shape: readonly number[]): Float32Array {
    this.#check(place, shape);
    this.#read.add(nameOf(place));
    const values = this.#reader.readFloat32(nameOf(place));
    const [rows, columns] = shape;
    if (!isTransposed(place) || rows === undefined || columns === undefined) return values;
    return transpose(values, columns, rows);
  }

  /**
   * Hands on a tensor some rows at a time, so that no more than those and what is made of them takes
   * memory.
   *
   * @param between the first row to hand on and the one after the last
   * @param take gets rows and the number of the first among all
   * @throws LoupeError as `read`
   */
  readInPieces(
    name: string,
    shape: readonly number[],
    [from, to]: readonly [number, number],
    take: (rows: Float32Array, first: number) => void,
  ): void {
    this.#check(name, shape);
    this.#read.add(name);
    if (!this.#reader.readRows) {
      const width = shape.slice(1).reduce((product, length) => product * length, 1);
      take(this.#reader.readFloat32(name).subarray(from * width, to * width), from);
      return;
    }
    for (let first = from; first < to; first += ROWS_AT_ONCE) {
      take(this.#reader.readRows(name, first, Math.min(to, first + ROWS_AT_ONCE)), first);
    }
  }

  #refuseUnread(): void {
    if (this.#read.size === 0) return;
    const unread = this.names.filter((name) => !this.#read.has(name) && !this.#isLeft(name));
    if (unread.length === 0) return;
    throw new LoupeError(
      'LOUPE_UNSUPPORTED_DICTIONARY',
      `${this.path} cannot be used: it has ${unread.slice(0, 5).join(', ')}` +
        `${unread.length > 5 ? ` and ${unread.length - 5} more` : ''}, which a dictionary as its ` +
        'configuration describes it does not have. Leaving that out would give other activations.',
    );
  }

  #check(place: TensorPlace, shape: readonly number[]): void {
    const found = this.shape(place);
    if (found.join() !== shape.join()) {
      throw new LoupeError(
        'LOUPE_SHAPE_MISMATCH',
        `${this.path}: ${nameOf(place)} is [${found.join(', ')}], and should be ` +
          `[${shape.join(', ')}].`,
      );
    }
  }
}

/** Rows read at a time where a tensor is taken apart: 1,024 rows of 12 times 768 are 38 MB. */
const ROWS_AT_ONCE = 1024;

function nameOf(place: TensorPlace): string {
  return typeof place === 'string' ? place : place.name;
}

function isTransposed(place: TensorPlace): boolean {
  return typeof place !== 'string' && place.transposed;
}

/** Side of the squares in which a matrix is turned, so that both sides of the copy stay in cache. */
const TILE = 32;

/** `[rows, columns]` as `[columns, rows]`. */
export function transpose(values: Float32Array, rows: number, columns: number): Float32Array {
  const turned = new Float32Array(values.length);
  for (let r0 = 0; r0 < rows; r0 += TILE) {
    const r1 = Math.min(rows, r0 + TILE);
    for (let c0 = 0; c0 < columns; c0 += TILE) {
      const c1 = Math.min(columns, c0 + TILE);
      for (let r = r0; r < r1; r++) {
        for (let c = c0; c < c1; c++) {
          turned[c * rows + r] = values[r * columns + c] as number;
        }
      }
    }
  }
  return turned;
}
