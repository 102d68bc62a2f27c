import {
  type Convention,
  describeConvention,
  type ModelInfo,
  type SourceInfo,
} from '@loupe/shared';
import { setOptions, setsThatRun } from './chosen-sets.ts';

/** A way to read a set: the convention it was trained under, or one of its variants. */
export interface Reading {
  /** `att-kk`, or `att-kk__raw-z` for a variant. */
  id: string;
  convention: Convention;
  /** `value biases removed, as trained` */
  label: string;
}

/** The sets of a model that can be read in several ways, with the ways, as trained first. */
export function readings(model: ModelInfo | undefined): Map<string, Reading[]> {
  const found = new Map<string, Reading[]>();
  for (const variant of model?.variants ?? []) {
    const base = model?.sources.find(({ id }) => id === variant.base);
    if (!base) continue;
    const ways = found.get(base.set) ?? [reading(base, ', as trained')];
    if (!ways.some(({ id }) => id === readingId(variant))) ways.push(reading(variant, ''));
    found.set(base.set, ways);
  }
  return found;
}

/**
 * Ids of the sources to ask for: those of the sets that run, with variants in place of their bases where
 * one is chosen; undefined where that is every source as it was trained.
 *
 * @param chosen ids of readings: `att-kk__raw-z`
 * @param sets that the reader has chosen, if any
 */
export function chosenSources(
  model: ModelInfo | undefined,
  chosen: readonly string[],
  sets?: readonly string[],
): string[] | undefined {
  if (!model) return undefined;
  const variants = model.variants.filter((variant) => chosen.includes(readingId(variant)));
  const running = new Set(setsThatRun(setOptions(model), sets));
  const sources = model.sources.filter(({ set }) => running.has(set));
  if (variants.length === 0 && sources.length === model.sources.length) return undefined;
  return sources.map(({ id }) => variants.find(({ base }) => base === id)?.id ?? id);
}

/** The choices once a set is read in one of its ways, among `ways`. */
export function withReading(
  chosen: readonly string[],
  ways: readonly Reading[],
  id: string,
): string[] {
  const [trained] = ways;
  const others = chosen.filter((each) => !ways.some((way) => way.id === each));
  return id === trained?.id ? others : [...others, id];
}

/** A source's id without its layer. */
export function readingId({ id }: Pick<SourceInfo, 'id'>): string {
  return id.slice(id.indexOf('-') + 1);
}

function reading(source: SourceInfo, note: string): Reading {
  const { convention } = source;
  return { id: readingId(source), convention, label: describeConvention(convention) + note };
}
