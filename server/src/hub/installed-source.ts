import {
  type Architecture,
  formatActivationFunction,
  formatNormalization,
  LoupeError,
  type SourceInfo,
  sourceId,
  variantId,
} from '@loupe/shared';
import type { DictionaryCard } from '../dictionaries/card.ts';
import {
  type DictionaryConfig,
  type DictionaryWeights,
  dictionaryForm,
  sourceKind,
} from '../dictionaries/config.ts';
import { checkFitsModel } from '../dictionaries/fits-model.ts';
import type { DictionaryFolder } from '../dictionaries/format.ts';
import { findFormat } from '../dictionaries/formats/index.ts';
import { tensorFiles } from '../dictionaries/formats/named-tensors.ts';
import { formatPrecision, type SourceHeader, storedPrecision } from '../dictionaries/store-form.ts';
import { dictionaryFolder } from './dictionary-folder.ts';
import type { Stamp } from './file-stamp.ts';
import { type OpenWeights, openSourceWeights, readSourceWeights } from './source-file.ts';

/** A source on disk: what it is, and how its weights are read. */
export interface InstalledSource {
  info: SourceInfo;
  config: DictionaryConfig;
  /** Its file in the store, or its folder as published. */
  path: string;
  /** Changes when its files are replaced. */
  stamp: Stamp;
  /** Size of its file in the store; of a published form `undefined`. */
  storedBytes?: number;
  /** Reads the weights, which are not kept. @throws LoupeError `LOUPE_BAD_FILE` and others */
  readWeights(): DictionaryWeights;
  /** The same for a backend to load: of the store's form, matrices are left in the file. */
  openWeights(): OpenWeights;
}

/**
 * A source in a published form, as the demo's are, and its variants.
 *
 * @throws LoupeError `LOUPE_BAD_FILE`, `LOUPE_UNSUPPORTED_DICTIONARY`, `LOUPE_SHAPE_MISMATCH`
 */
export function publishedSource(
  set: string,
  layer: number,
  path: string,
  card: DictionaryCard,
  model: Architecture,
): InstalledSource[] {
  const folder = dictionaryFolder(path);
  const format = findFormat(folder, card);
  const config = format.describe(folder, card);
  checkFits(path, config, model);
  const source = {
    info: { ...sourceInfo(set, layer, config), precision: publishedPrecision(folder) },
    config,
    path,
    stamp: path,
    readWeights: () => format.load(folder, card, config),
    openWeights: () => ({ weights: format.load(folder, card, config), close: () => undefined }),
  };
  return [source, ...variantsOf(source, card.variants)];
}

/** The precision of the matrices in a folder's files. */
function publishedPrecision(folder: DictionaryFolder): string {
  const dtypes = tensorFiles(folder).flatMap((name) => {
    const file = folder.openTensors(name);
    try {
      const matrices = file.names.map((each) => file.info(each));
      return matrices.filter(({ shape }) => shape.length > 1).map(({ dtype }) => dtype);
    } finally {
      file.close();
    }
  });
  return formatPrecision(dtypes, false);
}

/**
 * A source in the store's form, and its variants.
 *
 * @throws LoupeError `LOUPE_UNSUPPORTED_DICTIONARY`, `LOUPE_SHAPE_MISMATCH` if the model has no place
 * for it
 */
export function storedSource(
  set: string,
  layer: number,
  file: { path: string; header: SourceHeader; stamp: Stamp; bytes: number },
  model: Architecture,
): InstalledSource[] {
  const { path, stamp, bytes } = file;
  const { config, variants, explainedVariance } = file.header;
  const precision = storedPrecision(file.header);
  checkFits(path, config, model);
  const source = {
    info: {
      ...sourceInfo(set, layer, config),
      bytes,
      ...(precision !== undefined && { precision }),
      ...(explainedVariance !== undefined && { explainedVariance }),
    },
    config,
    path,
    stamp,
    storedBytes: bytes,
    readWeights: () => readSourceWeights(path),
    openWeights: () => openSourceWeights(path),
  };
  return [source, ...variantsOf(source, variants)];
}

/** The same weights under other conventions. */
function variantsOf(
  source: InstalledSource,
  variants: DictionaryCard['variants'] = {},
): InstalledSource[] {
  return Object.entries(variants).map(([name, { convention }]) => {
    const { bytes: _, precision: __, explainedVariance: ___, ...info } = source.info;
    return {
      ...source,
      info: { ...info, id: variantId(info.id, name), base: info.id, convention },
      config: { ...source.config, convention },
    };
  });
}

/** A source as `/models` lists it. */
export function sourceInfo(set: string, layer: number, config: DictionaryConfig): SourceInfo {
  return {
    id: sourceId(layer, set),
    set,
    kind: sourceKind(config.outputHook),
    layer,
    hook: config.hook,
    outputHook: config.outputHook,
    ...(config.oneHead && { head: config.oneHead.index }),
    width: config.width,
    dictionary: dictionaryForm(config),
    activationFunction: formatActivationFunction(config.activationFunction),
    normalization: formatNormalization(config.normalization),
    convention: config.convention,
    ...(config.crossLayer && { crossLayer: config.crossLayer }),
  };
}

const ORDER: readonly SourceInfo['kind'][] = ['residual', 'attention', 'mlp'];

/** Sorts sources into the order of the forward pass. */
export function inForwardOrder(a: SourceInfo, b: SourceInfo): number {
  return a.layer - b.layer || ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind);
}

function checkFits(path: string, config: DictionaryConfig, model: Architecture): void {
  try {
    checkFitsModel(config, model);
  } catch (thrown) {
    if (!(thrown instanceof LoupeError)) throw thrown;
    throw new LoupeError(thrown.code, `${path} does not fit the model. ${thrown.message}`);
  }
}
