import { LoupeError } from '@loupe/shared';
import type { DictionaryCard } from '../card.ts';
import type { DictionaryFolder, DictionaryFormat } from '../format.ts';
import { usualHook } from '../hook-names.ts';
import { circuitTracer } from './circuit-tracer.ts';
import { circuitTracerClt } from './circuit-tracer-clt.ts';
import { crosslayerCoding } from './crosslayer-coding.ts';
import { dictionaryLearning } from './dictionary-learning.ts';
import { openai } from './openai.ts';
import { saelens } from './saelens.ts';
import { sparsecoderSweep } from './sparsecoder-sweep.ts';
import { sparsify } from './sparsify.ts';
import { stateDict } from './state-dict.ts';

/** Every format that can be read; of several that recognise a folder the first counts. */
export const formats: readonly DictionaryFormat[] = [
  saelens,
  dictionaryLearning,
  openai,
  circuitTracer,
  circuitTracerClt,
  sparsecoderSweep,
  sparsify,
  crosslayerCoding,
  stateDict,
].map(withUsualHooks);

/** A format whose hooks, whatever the files and the card call them, have their usual names. */
function withUsualHooks(format: DictionaryFormat): DictionaryFormat {
  return {
    ...format,
    describe(folder, card) {
      const config = format.describe(folder, card);
      return { ...config, hook: usualHook(config.hook), outputHook: usualHook(config.outputHook) };
    },
  };
}

/**
 * The format that a card names, or else the one that recognises the folder.
 *
 * @throws LoupeError `LOUPE_UNSUPPORTED_DICTIONARY` if there is none.
 */
export function findFormat(folder: DictionaryFolder, card: DictionaryCard): DictionaryFormat {
  const format = formats.find((candidate) =>
    card.format ? candidate.name === card.format : candidate.recognizes(folder),
  );
  if (format) return format;
  const known = formats.map(({ name }) => name).join(', ');
  throw new LoupeError(
    'LOUPE_UNSUPPORTED_DICTIONARY',
    card.format
      ? `${folder.path}: there is no format "${card.format}". Formats: ${known}.`
      : `${folder.path} holds no dictionary that Loupe knows. Formats: ${known}.`,
  );
}
