import type { Call } from './call.ts';
import {
  Dict,
  DtypeValue,
  GlobalName,
  type PickleValue,
  Sequence,
  Storage,
  Tensor,
} from './pickle-values.ts';
import type { TorchDtype } from './torch-dtypes.ts';

/** The most axes that PyTorch itself allows. */
const MAX_AXES = 64;

/** `_rebuild_tensor(storage, offset, shape, strides)`, and with what later versions add behind. */
function rebuildTensor(args: readonly PickleValue[]): PickleValue | undefined {
  const [storage, offset, shape, strides, , , metadata] = args;
  if (isBent(metadata) || !(storage instanceof Storage) || storage.dtype === undefined) {
    return undefined;
  }
  return makeTensor(storage, storage.dtype, offset, shape, strides);
}

/** As above, with a dtype that may be another than that of the storage. */
function rebuildTensorOfDtype(args: readonly PickleValue[]): PickleValue | undefined {
  const [storage, offset, shape, strides, , , dtype, metadata] = args;
  if (isBent(metadata) || !(storage instanceof Storage) || !(dtype instanceof DtypeValue)) {
    return undefined;
  }
  return makeTensor(storage, dtype.dtype, offset, shape, strides);
}

function makeTensor(
  storage: Storage,
  dtype: TorchDtype,
  offset: PickleValue | undefined,
  shape: PickleValue | undefined,
  strides: PickleValue | undefined,
): Tensor | undefined {
  const lengths = counts(shape);
  const steps = counts(strides);
  if (!isCount(offset) || lengths === undefined || steps?.length !== lengths.length) {
    return undefined;
  }
  const elements = lengths.reduce((product, length) => product * length, 1);
  const last = lengths.reduce(
    (sum, length, i) => sum + (length - 1) * (steps[i] as number),
    offset,
  );
  // One that has no elements may begin anywhere.
  const fits = elements === 0 || (last + 1) * dtype.bytes <= storage.bytes;
  if (!fits || !Number.isSafeInteger(elements)) return undefined;
  return new Tensor(storage, dtype, offset, lengths, steps);
}

/** True if the elements are not the stored ones but their negatives or conjugates. */
function isBent(metadata: PickleValue | undefined): boolean {
  if (metadata === undefined || metadata === null) return false;
  if (!(metadata instanceof Dict)) return true;
  return [...metadata.entries.values()].some((set) => set !== false);
}

function counts(value: PickleValue | undefined): readonly number[] | undefined {
  const fits = value instanceof Sequence && value.items.length <= MAX_AXES;
  return fits && value.items.every(isCount) ? [...value.items] : undefined;
}

function isCount(value: PickleValue | undefined): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

/** Parameters are their tensors: what gradients need is passed over. */
function rebuildParameter([tensor]: readonly PickleValue[]): PickleValue | undefined {
  return tensor instanceof Tensor ? tensor : undefined;
}

/** `_rebuild_from_type_v2(function, type, args, state)`: a tensor with attributes, or of a subclass. */
function rebuildFromType(...[args, context]: Parameters<Call>): PickleValue | undefined {
  const [rebuild, , inner] = args;
  if (!(rebuild instanceof GlobalName) || !(inner instanceof Sequence)) return undefined;
  return TENSORS.get(rebuild.full)?.(inner.items, context);
}

const TENSORS: ReadonlyMap<string, Call> = new Map([
  ['torch._utils._rebuild_tensor', rebuildTensor],
  ['torch._utils._rebuild_tensor_v2', rebuildTensor],
  ['torch._utils._rebuild_tensor_v3', rebuildTensorOfDtype],
  ['torch._utils._rebuild_parameter', rebuildParameter],
  ['torch._utils._rebuild_parameter_with_state', rebuildParameter],
]);

/** The functions by which files ask for tensors. */
export const rebuilders: ReadonlyMap<string, Call> = new Map<string, Call>([
  ...TENSORS,
  ['torch._tensor._rebuild_from_type_v2', rebuildFromType],
]);
