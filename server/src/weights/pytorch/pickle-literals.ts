import { OP } from './opcodes.ts';
import type { PickleInput } from './pickle-input.ts';
import { Dict, type PickleValue, Sequence } from './pickle-values.ts';
import { badTorchFile } from './problems.ts';
import { shortInteger } from './short-integer.ts';

/** Of a whole number: they have up to 64 bits, and the magic number of PyTorch 80. */
const MAX_INTEGER_BYTES = 256;

const LITERALS: ReadonlyMap<number, (input: PickleInput) => PickleValue> = new Map<
  number,
  (input: PickleInput) => PickleValue
>([
  [OP.NONE, () => null],
  [OP.NEWTRUE, () => true],
  [OP.NEWFALSE, () => false],
  [OP.BININT, (input) => input.i32()],
  [OP.BININT1, (input) => input.u8()],
  [OP.BININT2, (input) => input.u16()],
  [OP.LONG1, (input) => integer(input, input.u8())],
  [OP.LONG4, (input) => integer(input, input.u32())],
  [OP.BINFLOAT, (input) => input.f64()],
  [OP.SHORT_BINUNICODE, (input) => input.text(input.u8())],
  [OP.BINUNICODE, (input) => input.text(input.u32())],
  [OP.BINUNICODE8, (input) => input.text(input.u64())],
  // Text as Python 2 wrote it, which is nearly always ASCII.
  [OP.SHORT_BINSTRING, (input) => input.text(input.u8())],
  [OP.BINSTRING, (input) => input.text(input.u32())],
  [OP.SHORT_BINBYTES, (input) => input.take(input.u8())],
  [OP.BINBYTES, (input) => input.take(input.u32())],
  [OP.BINBYTES8, (input) => input.take(input.u64())],
  [OP.BYTEARRAY8, (input) => input.take(input.u64())],
  [OP.EMPTY_TUPLE, () => new Sequence('tuple')],
  [OP.EMPTY_LIST, () => new Sequence('list')],
  [OP.EMPTY_SET, () => new Sequence('set')],
  [OP.EMPTY_DICT, () => new Dict()],
]);

/** The value of an opcode that is one by itself; `undefined` for other opcodes. */
export function readLiteral(op: number, input: PickleInput): PickleValue | undefined {
  return LITERALS.get(op)?.(input);
}

/** A whole number of so many bytes, the low ones first, in two's complement. */
function integer(input: PickleInput, bytes: number): number | bigint {
  if (bytes > MAX_INTEGER_BYTES) throw badTorchFile(input.file, 'it has an endless number');
  if (bytes === 0) return 0;
  const digits = Buffer.from(input.take(bytes).reverse()).toString('hex');
  return shortInteger(BigInt.asIntN(8 * bytes, BigInt(`0x${digits}`)));
}
