import {
  describeActivationFunction,
  describeConvention,
  describeDictionaryType,
  describeNormalization,
  formatCount,
  type SourceInfo,
} from '@loupe/shared';
import type { SetEntry } from '../stores/models/entries.ts';

/** Where a set reads, with `{layer}` for the layer, as it is published. */
export function hooks({ offered, layers }: SetEntry): { reads: string; writes: string } {
  if (offered) return { reads: offered.hook, writes: offered.outputHook };
  const source = layers.find((layer) => layer.source)?.source;
  const general = (hook = '') => hook.replace(/^blocks\.\d+\./, 'blocks.{layer}.');
  return { reads: general(source?.hook), writes: general(source?.outputHook) };
}

/** What kind of dictionary a set has. */
export function dictionaryKind(set: SetEntry): string {
  const type = set.offered?.type ?? firstSource(set)?.dictionary?.type;
  return type === undefined ? '' : describeDictionaryType(type);
}

/** The widths of a set's dictionaries: `24,576`, or the least and the greatest. */
export function widths({ layers }: SetEntry): string {
  const all = layers
    .map(({ source, offered }) => source?.width ?? offered?.width)
    .filter((width) => width !== undefined);
  if (all.length === 0) return '';
  const least = Math.min(...all);
  const most = Math.max(...all);
  return least === most ? formatCount(least) : `${formatCount(least)}–${formatCount(most)}`;
}

function firstSource({ layers }: SetEntry): SourceInfo | undefined {
  return layers.find(({ source }) => source)?.source;
}

/** What is done to the raw hook values before a dictionary reads them. */
export function inputWords(set: SetEntry): string {
  const source = firstSource(set);
  const convention =
    set.offered?.convention ?? (source && describeConvention(source.convention)) ?? '';
  const normalised = source?.dictionary && describeNormalization(source.dictionary.normalization);
  return [convention, normalised].filter(Boolean).join(', ');
}

/** In which precision the installed dictionaries are stored, by which they are computed too. */
export function precisionWords({ layers }: SetEntry): string {
  return [...new Set(layers.flatMap(({ source }) => source?.precision ?? []))].join('; ');
}

/** The activation function of what is installed; undefined where nothing is. */
export function activationWords(set: SetEntry): string | undefined {
  const form = firstSource(set)?.dictionary;
  return form && describeActivationFunction(form.activationFunction);
}
