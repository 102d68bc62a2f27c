import { LoupeError } from '@loupe/shared';
import type { DictionaryConfig } from '../dictionaries/config.ts';
import { checkFitsModel } from '../dictionaries/fits-model.ts';
import { foldedConfig } from '../dictionaries/layer-norm-fold.ts';
import type { InstalledModel } from '../hub/installed-model.ts';
import type { ModelStore } from '../hub/store.ts';
import { refused } from './find-dictionaries.ts';

/**
 * The models that a dictionary may be meant for.
 *
 * @param wanted the one that the user names
 * @throws LoupeError `LOUPE_MODEL_NOT_FOUND`
 */
export function candidateModels(store: ModelStore, wanted: string | undefined): InstalledModel[] {
  if (wanted !== undefined) return [store.installed(wanted)];
  const models = store.models().map(({ id }) => store.installed(id));
  if (models.length > 0) return models;
  throw new LoupeError('LOUPE_MODEL_NOT_FOUND', 'No model is installed. Pull or import one first.');
}

/**
 * Refuses a dictionary for which none of the models has a place.
 *
 * @throws LoupeError `LOUPE_SHAPE_MISMATCH`, `LOUPE_UNSUPPORTED_DICTIONARY`
 */
export function checkFitsOne(config: DictionaryConfig, models: readonly InstalledModel[]): void {
  const failures = models.map((model) => misfit(config, model));
  if (failures.some((failure) => failure === undefined)) return;
  const [first] = failures as [LoupeError];
  if (models.length === 1) throw first;
  const why = models.map(({ info }, i) => `${info.id}: ${failures[i]?.message}`).join(' ');
  throw new LoupeError(first.code, `It fits none of the installed models. ${why}`);
}

/**
 * The model that all of the dictionaries fit.
 *
 * @throws LoupeError `LOUPE_IMPORT_REFUSED` if there are several or none
 */
export function chooseModel(
  configs: readonly DictionaryConfig[],
  models: readonly InstalledModel[],
): InstalledModel {
  const fitting = models.filter((model) => configs.every((config) => !misfit(config, model)));
  const [first, ...others] = fitting;
  if (!first)
    throw refused('No installed model fits all of the dictionaries. Import them one by one.');
  if (others.length === 0) return first;
  const ids = fitting.map(({ info }) => info.id).join(', ');
  throw refused(`The dictionaries fit several models: ${ids}. Say which is meant: --model <id>.`);
}

function misfit(config: DictionaryConfig, { info }: InstalledModel): LoupeError | undefined {
  try {
    checkFitsModel(foldedConfig(config), info.architecture);
    return undefined;
  } catch (thrown) {
    if (thrown instanceof LoupeError) return thrown;
    throw thrown;
  }
}
