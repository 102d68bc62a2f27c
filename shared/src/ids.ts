/** A source is spelled as Neuronpedia spells it: `<layer>-<set>`, for example `5-att-kk`. */
export function sourceId(layer: number, set: string): string {
  return `${layer}-${set}`;
}

/** A variant of a source, spelled as Neuronpedia spells one: `5-att-kk__raw-z`. */
export function variantId(source: string, variant: string): string {
  return `${source}__${variant}`;
}

/** A feature is its source and its index: `5-att-kk/7515`. */
export function featureId(source: string, index: number): string {
  return `${source}/${index}`;
}

/** Splits `5-att-kk` into layer and set; `undefined` where the text is not a source id. */
export function parseSourceId(text: string): { layer: number; set: string } | undefined {
  const match = /^(\d{1,4})-([A-Za-z0-9_.-]{1,100})$/.exec(text);
  return match ? { layer: Number(match[1]), set: match[2] as string } : undefined;
}

/** Splits `5-att-kk/7515` into source and index; `undefined` where the text is not a feature id. */
export function parseFeatureId(text: string): { source: string; index: number } | undefined {
  const slash = text.lastIndexOf('/');
  const source = text.slice(0, Math.max(slash, 0));
  const index = text.slice(slash + 1);
  if (!parseSourceId(source) || !/^\d{1,9}$/.test(index)) return undefined;
  return { source, index: Number(index) };
}
