const LABEL = /^Output (".*")(?: \(p=[\d.e-]+\))?$/s;
const QUOTED = /"(?:[^"\\]|\\.)*"/gs;

/**
 * The tokens in a logit's label: `Output " Mary" (p=0.997)`, as circuit-tracer writes it, or
 * `Output " Mary", " Ann" − " John"` of a difference.
 *
 * @returns undefined for a label of another form, as people give them
 */
export function logitTexts(label: string): { tokens: string[]; minus: string[] } | undefined {
  const whole = LABEL.exec(label)?.[1];
  if (whole === undefined) return undefined;
  const sides: string[][] = [[]];
  let end = 0;
  for (const found of whole.matchAll(QUOTED)) {
    if (whole.slice(end, found.index).includes('−')) sides.push([]);
    sides.at(-1)?.push(unquoted(found[0]));
    end = found.index + found[0].length;
  }
  const [tokens = [], minus = [], ...more] = sides;
  return tokens.length > 0 && more.length === 0 ? { tokens, minus } : undefined;
}

/** Files of others may quote without escaping. */
function unquoted(quoted: string): string {
  try {
    return String(JSON.parse(quoted));
  } catch {
    return quoted.slice(1, -1);
  }
}
