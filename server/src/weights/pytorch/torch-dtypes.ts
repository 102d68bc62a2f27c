import { DTYPE_BITS, type Dtype } from '../dtypes.ts';

/** A dtype of PyTorch. */
export interface TorchDtype {
  /** As PyTorch calls it: `float32`. */
  readonly name: string;
  /** As safetensors, and everything else here, calls it; `C128` is known only to PyTorch. */
  readonly code: Dtype | 'C128';
  /** Bytes of an element. */
  readonly bytes: number;
}

const CODES: Record<string, Dtype | 'C128'> = {
  float64: 'F64',
  double: 'F64',
  float32: 'F32',
  float: 'F32',
  float16: 'F16',
  half: 'F16',
  bfloat16: 'BF16',
  int64: 'I64',
  long: 'I64',
  int32: 'I32',
  int: 'I32',
  int16: 'I16',
  short: 'I16',
  int8: 'I8',
  uint8: 'U8',
  uint16: 'U16',
  uint32: 'U32',
  uint64: 'U64',
  bool: 'BOOL',
  complex64: 'C64',
  cfloat: 'C64',
  complex128: 'C128',
  cdouble: 'C128',
  float8_e4m3fn: 'F8_E4M3',
  float8_e5m2: 'F8_E5M2',
  float8_e4m3fnuz: 'F8_E4M3FNUZ',
  float8_e5m2fnuz: 'F8_E5M2FNUZ',
  float8_e8m0fnu: 'F8_E8M0',
};

const DTYPES = new Map<string, TorchDtype>(
  Object.entries(CODES).map(([name, code]) => [
    name,
    { name, code, bytes: code === 'C128' ? 16 : DTYPE_BITS[code] / 8 },
  ]),
);

/** The dtype `torch.<name>`, if there is one that tensors here may have. */
export function torchDtype(name: string): TorchDtype | undefined {
  return DTYPES.get(name);
}

const STORAGES: Record<string, string> = {
  DoubleStorage: 'float64',
  FloatStorage: 'float32',
  HalfStorage: 'float16',
  BFloat16Storage: 'bfloat16',
  LongStorage: 'int64',
  IntStorage: 'int32',
  ShortStorage: 'int16',
  CharStorage: 'int8',
  ByteStorage: 'uint8',
  BoolStorage: 'bool',
  ComplexFloatStorage: 'complex64',
  ComplexDoubleStorage: 'complex128',
};

const STORAGE_MODULES = ['torch', 'torch.cuda', 'torch.storage'];
const UNTYPED = ['UntypedStorage', '_UntypedStorage'];

/** What a class of storages holds: a dtype, or `untyped` bytes. */
export type StorageKind = TorchDtype | 'untyped';

/** The kind of a storage class, e.g. `torch.FloatStorage`; `undefined` for any other class. */
export function storageKind(module: string, name: string): StorageKind | undefined {
  if (!STORAGE_MODULES.includes(module)) return undefined;
  if (UNTYPED.includes(name)) return 'untyped';
  return Object.hasOwn(STORAGES, name) ? torchDtype(STORAGES[name] as string) : undefined;
}
