const PIECE_CHARACTERS = 64 * 1024;
const ELEMENTS_AT_ONCE = 4096;

/**
 * The JSON of plain data in UTF-8 pieces of some 64 KB, so that a large answer neither blocks the
 * event loop nor exists as one string. Typed arrays become arrays; properties that are undefined
 * are left out.
 */
export function* jsonPieces(value: unknown): Generator<Buffer, void> {
  let text = '';
  for (const part of parts(value)) {
    text += part;
    if (text.length >= PIECE_CHARACTERS) {
      yield Buffer.from(text);
      text = '';
    }
  }
  if (text !== '') yield Buffer.from(text);
}

function* parts(value: unknown): Generator<string, void> {
  if (Array.isArray(value)) yield* arrayParts(value);
  else if (isTypedArray(value)) yield* numberParts(value);
  else if (typeof value === 'object' && value !== null) yield* objectParts(value);
  else yield JSON.stringify(value) ?? 'null';
}

function* objectParts(value: object): Generator<string, void> {
  let separator = '{';
  for (const [key, property] of Object.entries(value)) {
    if (property === undefined) continue;
    yield `${separator}${JSON.stringify(key)}:`;
    yield* parts(property);
    separator = ',';
  }
  yield separator === '{' ? '{}' : '}';
}

function* arrayParts(value: readonly unknown[]): Generator<string, void> {
  if (!value.some((element) => typeof element === 'object' && element !== null)) {
    yield* numberParts(value);
    return;
  }
  let separator = '[';
  for (const element of value) {
    yield separator;
    yield* parts(element);
    separator = ',';
  }
  yield ']';
}

function* numberParts(value: ArrayLike<unknown>): Generator<string, void> {
  let separator = '[';
  for (let from = 0; from < value.length; from += ELEMENTS_AT_ONCE) {
    const some = Array.prototype.slice.call(value, from, from + ELEMENTS_AT_ONCE);
    yield separator + JSON.stringify(some).slice(1, -1);
    separator = ',';
  }
  yield separator === '[' ? '[]' : ']';
}

function isTypedArray(value: unknown): value is Int32Array | Float32Array {
  return ArrayBuffer.isView(value) && !(value instanceof DataView);
}
