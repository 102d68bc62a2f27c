import type { FileBytes } from '../file-bytes.ts';
import { badTorchFile } from './problems.ts';

const WINDOW = 1 << 16;
/** Bytes of pickles in one file: those of published ones are some kilobytes. */
const MAX_BYTES = 1 << 26;
/** Of a line, that is, of the name of a module or class. */
const LONGEST_LINE = 1000;

/** The bytes of pickles, read from a file a window at a time. */
export class PickleInput {
  readonly file: string;
  readonly #bytes: FileBytes;
  readonly #end: number;
  readonly #limit: number;
  #position: number;
  #window: Uint8Array = new Uint8Array(0);
  #view = new DataView(new ArrayBuffer(0));
  #at = 0;

  /** Reads from byte `start` up to, not including, `end`. */
  constructor(bytes: FileBytes, start: number, end: number) {
    this.file = bytes.path;
    this.#bytes = bytes;
    this.#position = start;
    this.#end = end;
    this.#limit = start + MAX_BYTES;
  }

  /** Where the next byte is in the file. */
  get position(): number {
    return this.#position - (this.#window.length - this.#at);
  }

  u8(): number {
    const at = this.#advance(1);
    return this.#view.getUint8(at);
  }

  u16(): number {
    const at = this.#advance(2);
    return this.#view.getUint16(at, true);
  }

  u32(): number {
    const at = this.#advance(4);
    return this.#view.getUint32(at, true);
  }

  i32(): number {
    const at = this.#advance(4);
    return this.#view.getInt32(at, true);
  }

  /** A length of eight bytes. What is too long for a number is too long for the file. */
  u64(): number {
    const at = this.#advance(8);
    return Number(this.#view.getBigUint64(at, true));
  }

  /** The only number in pickles that has its high byte first. */
  f64(): number {
    const at = this.#advance(8);
    return this.#view.getFloat64(at, false);
  }

  /** The next bytes, as a copy. */
  take(length: number): Uint8Array {
    const at = this.#advance(length);
    return this.#window.slice(at, at + length);
  }

  text(length: number): string {
    return decodeText(this.take(length), this.file);
  }

  /** The bytes up to the next line feed, which is passed over. */
  line(): string {
    const bytes: number[] = [];
    for (let byte = this.u8(); byte !== 0x0a; byte = this.u8()) {
      bytes.push(byte);
      if (bytes.length > LONGEST_LINE) throw badTorchFile(this.file, 'it has a name without end');
    }
    return decodeText(Uint8Array.from(bytes), this.file);
  }

  /** Makes the next bytes stand in the window, and gives where. */
  #advance(length: number): number {
    if (this.#at + length > this.#window.length) this.#refill(length);
    const at = this.#at;
    this.#at += length;
    return at;
  }

  #refill(length: number): void {
    const { position } = this;
    // Before there is room for them: a length is only what the file says.
    if (length > this.#end - position) throw badTorchFile(this.file, 'its pickle is cut short');
    if (position + length > this.#limit) throw badTorchFile(this.file, 'its pickle is too large');
    const window = new Uint8Array(Math.min(Math.max(length, WINDOW), this.#end - position));
    this.#bytes.read(window, position);
    this.#window = window;
    this.#view = new DataView(window.buffer);
    this.#position = position + window.length;
    this.#at = 0;
  }
}

function decodeText(bytes: Uint8Array, file: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw badTorchFile(file, 'it has text that is not UTF-8');
  }
}
