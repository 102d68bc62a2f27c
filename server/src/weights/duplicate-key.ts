const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/**
 * The first key that an object of `json` has twice, which `JSON.parse` would pass over in silence.
 *
 * @param json text that `JSON.parse` accepts
 */
export function duplicateKey(json: string): string | undefined {
  // For each open bracket: the keys seen so far of an object, nothing for an array.
  const open: (Set<string> | undefined)[] = [];
  for (let i = 0; i < json.length; i++) {
    switch (json[i]) {
      case '{':
        open.push(new Set());
        break;
      case '[':
        open.push(undefined);
        break;
      case '}':
      case ']':
        open.pop();
        break;
      case '"': {
        const end = endOfString(json, i);
        if (isFollowedByColon(json, end)) {
          const key: string = JSON.parse(json.slice(i, end));
          const keys = open.at(-1);
          if (keys?.has(key)) return key;
          keys?.add(key);
        }
        i = end - 1;
        break;
      }
    }
  }
  return undefined;
}

/** One past the closing quote of the string that opens at `start`. */
function endOfString(json: string, start: number): number {
  let i = start + 1;
  while (json.charCodeAt(i) !== QUOTE) i += json.charCodeAt(i) === BACKSLASH ? 2 : 1;
  return i + 1;
}

function isFollowedByColon(json: string, from: number): boolean {
  let i = from;
  while (json[i] === ' ' || json[i] === '\n' || json[i] === '\r' || json[i] === '\t') i++;
  return json[i] === ':';
}
