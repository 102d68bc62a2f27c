/** An object of parsed JSON. */
export type JsonObject = Record<string, unknown>;

/** True for a JSON object, not for lists and null. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
