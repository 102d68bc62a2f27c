import { OP } from '../../server/src/weights/pytorch/opcodes.ts';

/** Bytes of a pickle: numbers are opcodes or single bytes. */
export type Part = number | Uint8Array | Part[];

/** A pickle of protocol 2 with these opcodes, and its STOP. */
export function pickle(...parts: Part[]): Buffer {
  return bytes(OP.PROTO, 2, parts, OP.STOP);
}

export function bytes(...parts: Part[]): Buffer {
  return Buffer.concat(
    parts.map((part) => {
      if (typeof part === 'number') return Buffer.of(part);
      return Array.isArray(part) ? bytes(...part) : part;
    }),
  );
}

export function text(value: string): Buffer {
  const encoded = Buffer.from(value);
  return bytes(OP.BINUNICODE, u32(encoded.length), encoded);
}

export function u32(value: number): Buffer {
  const encoded = Buffer.alloc(4);
  encoded.writeUInt32LE(value);
  return encoded;
}

export function u64(value: bigint): Buffer {
  const encoded = Buffer.alloc(8);
  encoded.writeBigUInt64LE(value);
  return encoded;
}

/** A whole number, of up to 64 bits with its sign. */
export function integer(value: number | bigint): Buffer {
  const encoded = Buffer.alloc(8);
  encoded.writeBigInt64LE(BigInt(value));
  return bytes(OP.LONG1, 8, encoded);
}

export function global(module: string, name: string): Buffer {
  return bytes(OP.GLOBAL, Buffer.from(`${module}\n${name}\n`));
}

export function tuple(...items: Part[]): Buffer {
  return bytes(OP.MARK, items, OP.TUPLE);
}

export function call(module: string, name: string, ...args: Part[]): Buffer {
  return bytes(global(module, name), tuple(...args), OP.REDUCE);
}

export function dict(entries: Record<string, Part>): Buffer {
  const pairs = Object.entries(entries).map(([key, value]) => [text(key), value]);
  return bytes(OP.EMPTY_DICT, OP.MARK, pairs, OP.SETITEMS);
}

/** A storage of float32, by its key and its number of elements. */
export function storage(key: string, length: number, ...view: Part[]): Buffer {
  const id = [text('storage'), global('torch', 'FloatStorage'), text(key), text('cpu')];
  return bytes(tuple(...id, integer(length), ...view), OP.BINPERSID);
}

interface TensorParts {
  storage?: Part;
  offset?: number | bigint;
  shape?: readonly (number | bigint)[];
  strides?: readonly (number | bigint)[];
}

/** A tensor `w`, of four float32 unless something else is said. */
export function tensor({
  storage: from = storage('0', 4),
  offset = 0,
  shape = [4],
  strides = [1],
}: TensorParts = {}): Buffer {
  return call(
    'torch._utils',
    '_rebuild_tensor_v2',
    from,
    integer(offset),
    tuple(...shape.map(integer)),
    tuple(...strides.map(integer)),
    OP.NEWFALSE,
    call('collections', 'OrderedDict'),
  );
}
