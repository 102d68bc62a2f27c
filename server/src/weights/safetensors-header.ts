import { LoupeError } from '@loupe/shared';
import { showValue } from '../model/show-value.ts';
import { DTYPE_BITS, type Dtype } from './dtypes.ts';
import { duplicateKey } from './duplicate-key.ts';

/** What a safetensors header says of one tensor. */
export interface TensorInfo {
  readonly dtype: Dtype;
  readonly shape: readonly number[];
}

/** A tensor and where its bytes are, counted from the end of the header. */
export interface TensorEntry extends TensorInfo {
  readonly elements: number;
  readonly begin: number;
  readonly end: number;
}

/** A header that has been read and checked. */
export interface SafetensorsHeader {
  readonly entries: Map<string, TensorEntry>;
  /** `__metadata__`: what the writer says besides. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** The same limit as the format's own library has. */
export const LARGEST_HEADER = 100_000_000;

/**
 * Reads and checks the JSON header of a safetensors file: names used once, known dtypes, sizes that
 * fit shapes, and tensors that fill the data without gap or overlap, as the format demands.
 *
 * @param header the bytes of the header, without the eight that give its length
 * @param dataBytes how many bytes follow the header
 * @param file how messages name the file
 * @throws LoupeError `LOUPE_BAD_FILE`, naming the file and, where there is one, the tensor.
 */
export function parseSafetensorsHeader(
  header: Uint8Array,
  dataBytes: number,
  file: string,
): SafetensorsHeader {
  const json = parseJson(header, file);
  const entries = new Map<string, TensorEntry>();
  let metadata = {};
  for (const [name, value] of Object.entries(json)) {
    if (name === '__metadata__') metadata = parseMetadata(value, file);
    else entries.set(name, parseEntry(name, value, dataBytes, file));
  }
  checkLayout(entries, dataBytes, file);
  return { entries, metadata };
}

function parseJson(header: Uint8Array, file: string): object {
  let json: unknown;
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(header);
    json = JSON.parse(text);
  } catch {
    throw bad(file, 'its header is not JSON in UTF-8');
  }
  if (header[0] !== '{'.charCodeAt(0) || typeof json !== 'object' || json === null) {
    throw bad(file, 'its header does not begin with an object');
  }
  const repeated = duplicateKey(text);
  if (repeated !== undefined) throw bad(file, `its header has ${showValue(repeated)} twice`);
  return json;
}

function parseMetadata(value: unknown, file: string): Record<string, string> {
  if (isTextMap(value)) return value;
  throw bad(file, '__metadata__ in its header is not a map of text');
}

function parseEntry(name: string, value: unknown, dataBytes: number, file: string): TensorEntry {
  const refuse = (what: string): LoupeError => bad(file, `tensor ${showValue(name)} ${what}`);
  if (!isObject(value)) throw refuse('is not described by an object');

  const { dtype, shape, data_offsets: offsets } = value;
  if (typeof dtype !== 'string' || !Object.hasOwn(DTYPE_BITS, dtype)) {
    throw refuse(`has the unknown dtype ${showValue(dtype)}`);
  }
  if (!isCounts(shape)) throw refuse('has a shape that is not a list of whole numbers');
  if (!isCounts(offsets) || offsets.length !== 2) {
    throw refuse('has data_offsets that are not two whole numbers');
  }
  const [begin, end] = offsets as [number, number];
  if (begin > end) throw refuse(`ends at byte ${end}, before it begins at ${begin}`);
  if (end > dataBytes) {
    throw refuse(`ends at byte ${end} of the data, which has ${dataBytes}: the file is cut short`);
  }

  const elements = shape.reduce((product, length) => product * length, 1);
  const bits = elements * DTYPE_BITS[dtype as Dtype];
  if (!Number.isSafeInteger(bits)) throw refuse(`has an impossible shape, ${showShape(shape)}`);
  if (bits !== (end - begin) * 8) {
    throw refuse(
      `takes ${end - begin} bytes, where ${dtype} ${showShape(shape)} takes ${bits / 8}`,
    );
  }
  return { dtype: dtype as Dtype, shape: Object.freeze(shape), elements, begin, end };
}

function checkLayout(entries: Map<string, TensorEntry>, dataBytes: number, file: string): void {
  const ordered = [...entries].sort(([, a], [, b]) => a.begin - b.begin || a.end - b.end);
  let filled = 0;
  for (const [name, { begin, end }] of ordered) {
    if (begin < filled) throw bad(file, `tensor ${showValue(name)} overlaps another one`);
    if (begin > filled)
      throw bad(file, `${begin - filled} bytes before ${showValue(name)} are unused`);
    filled = end;
  }
  if (filled < dataBytes) throw bad(file, `${dataBytes - filled} bytes at its end are unused`);
}

/** A shape as messages show it: `[4096, 192]`. */
export function showShape(shape: readonly number[]): string {
  const most = 8;
  return `[${shape.slice(0, most).join(', ')}${shape.length > most ? ', …' : ''}]`;
}

function bad(file: string, what: string): LoupeError {
  return new LoupeError(
    'LOUPE_BAD_FILE',
    `${file} is not a valid safetensors file: ${what}. Fetch or export it again.`,
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isTextMap(value: unknown): value is Record<string, string> {
  return isObject(value) && Object.values(value).every((text) => typeof text === 'string');
}

function isCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((each) => Number.isSafeInteger(each) && each >= 0);
}
