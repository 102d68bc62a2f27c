import { DTYPE_BITS, type NumberDtype } from '../dtypes.ts';
import type { FileBytes } from '../file-bytes.ts';
import { readElements } from '../read-elements.ts';

/** An axis of a tensor: how many places it has, and how far apart they are stored and wanted. */
interface Axis {
  readonly length: number;
  /** In elements, in the storage. */
  readonly stride: number;
  /** In elements, in the result, which is row by row. */
  readonly step: number;
}

/** Elements that are read together. */
const BLOCK_ELEMENTS = 1 << 20;

/** True if the elements stand one after another, row by row. */
export function isContiguous(shape: readonly number[], strides: readonly number[]): boolean {
  let next = 1;
  for (let i = shape.length - 1; i >= 0; i--) {
    if (shape[i] !== 1 && strides[i] !== next) return false;
    next *= shape[i] as number;
  }
  return true;
}

/**
 * True if every element can be read without reading any part of the storage again and again: no two
 * places are the same one of the storage, going by the strides in order, each of which passes over
 * all that the smaller ones reach; or the whole is small. Axes with stride 0, along which every place
 * is the same, are no matter.
 */
export function isReadable(shape: readonly number[], strides: readonly number[]): boolean {
  const axes = byStride(axesOf(shape, strides));
  let reach = 0;
  for (const { length, stride } of axes.toReversed()) {
    if (stride === 0) continue;
    if (stride <= reach) return span(axes) <= BLOCK_ELEMENTS;
    reach += (length - 1) * stride;
  }
  return true;
}

/**
 * Reads a tensor whose elements stand in any order, as float32, row by row. Blocks of the storage are
 * read in the order in which they stand, each once, and spread over the result.
 *
 * @param position of the first element in the file
 * @param out as long as the tensor has elements, of which there is at least one
 */
export function readStrided(
  file: FileBytes,
  dtype: NumberDtype,
  position: number,
  shape: readonly number[],
  strides: readonly number[],
  out: Float32Array<ArrayBuffer>,
): void {
  const width = DTYPE_BITS[dtype] / 8;
  const axes = byStride(axesOf(shape, strides));
  const { outer, cut, inner } = split(axes);
  const places = cut === undefined ? 1 : placesTogether(cut, inner);
  const buffer = new Float32Array(span(together(cut, inner, places)));
  visit(outer, 0, 0, 0, (stored, wanted) => {
    for (let done = 0; done < (cut?.length ?? 1); done += places) {
      const some = together(cut, inner, Math.min(places, (cut?.length ?? 1) - done));
      const block = buffer.subarray(0, span(some));
      const begin = stored + done * (cut?.stride ?? 0);
      readElements(file, dtype, position + begin * width, block);
      some.sort((a, b) => b.step - a.step);
      spread(block, some, 0, 0, wanted + done * (cut?.step ?? 0), out);
    }
  });
}

/** The axes that have more than one place, with their steps in the result. */
function axesOf(shape: readonly number[], strides: readonly number[]): Axis[] {
  const axes: Axis[] = [];
  let step = 1;
  for (let i = shape.length - 1; i >= 0; i--) {
    const length = shape[i] as number;
    if (length > 1) axes.push({ length, stride: strides[i] as number, step });
    step *= length;
  }
  return axes;
}

function byStride(axes: readonly Axis[]): Axis[] {
  return [...axes].sort((a, b) => b.stride - a.stride);
}

/** How many elements of the storage lie from the first to the last one of these axes. */
function span(axes: readonly Axis[]): number {
  return axes.reduce((sum, { length, stride }) => sum + (length - 1) * stride, 1);
}

/**
 * Parts the axes, those with large strides first, into ones that are walked over place by place, one
 * that is cut into runs of places, and ones that a block holds whole.
 */
function split(axes: readonly Axis[]): { outer: Axis[]; cut: Axis | undefined; inner: Axis[] } {
  let kept = 0;
  while (span(axes.slice(kept)) > BLOCK_ELEMENTS) kept++;
  const inner = axes.slice(kept);
  if (kept === 0) return { outer: [], cut: undefined, inner };
  return { outer: axes.slice(0, kept - 1), cut: axes[kept - 1], inner };
}

/** How many places of an axis a block holds, at least one. */
function placesTogether({ stride }: Axis, inner: readonly Axis[]): number {
  return Math.floor((BLOCK_ELEMENTS - span(inner)) / stride) + 1;
}

function together(cut: Axis | undefined, inner: readonly Axis[], places: number): Axis[] {
  return cut === undefined ? [...inner] : [{ ...cut, length: places }, ...inner];
}

function visit(
  axes: readonly Axis[],
  depth: number,
  stored: number,
  wanted: number,
  see: (stored: number, wanted: number) => void,
): void {
  const axis = axes[depth];
  if (axis === undefined) {
    see(stored, wanted);
    return;
  }
  for (let i = 0; i < axis.length; i++) {
    visit(axes, depth + 1, stored + i * axis.stride, wanted + i * axis.step, see);
  }
}

function spread(
  block: Float32Array,
  axes: readonly Axis[],
  depth: number,
  stored: number,
  wanted: number,
  out: Float32Array,
): void {
  const axis = axes[depth];
  if (axis === undefined) {
    out[wanted] = block[stored] as number;
    return;
  }
  const { length, stride, step } = axis;
  if (depth === axes.length - 1) {
    for (let i = 0; i < length; i++) out[wanted + i * step] = block[stored + i * stride] as number;
    return;
  }
  for (let i = 0; i < length; i++) {
    spread(block, axes, depth + 1, stored + i * stride, wanted + i * step, out);
  }
}
