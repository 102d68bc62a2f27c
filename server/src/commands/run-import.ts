import { resolve } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { LoupeError, type SourceInfo } from '@loupe/shared';
import { formatInterpretation, percent } from '../evaluation/judge.ts';
import { type CatalogueEntries, readCatalogue } from '../hub/catalogue.ts';
import type { Installer } from '../hub/downloads/installer.ts';
import { repositoryPage } from '../hub/hugging-face/remote-file.ts';
import { StoreInstaller } from '../hub/install/store-installer.ts';
import { ModelStore } from '../hub/store.ts';
import { StoreLayout } from '../hub/store-layout.ts';
import { refuseUnreadable } from '../import/checkpoints/refuse-unreadable.ts';
import {
  type ImportContext,
  type ImportedSets,
  importDictionaries,
} from '../import/import-dictionaries.ts';
import { type CataloguePart, findCatalogueFiles } from '../import/import-from-catalogue.ts';
import { type ImportedModel, importModel, isCheckpoint, sizes } from '../import/import-model.ts';
import { readSettings } from '../settings.ts';
import { startBackend } from '../tensor/start-backend.ts';
import type { Precision } from '../weights/rounding.ts';
import { print, printJson } from './output.ts';
import { table } from './table.ts';

/** The options of the command as commander gives them. */
export interface ImportOptions {
  model?: string;
  set?: string;
  name?: string;
  layer?: number;
  as?: string;
  tokenizer?: string;
  base?: string;
  precision: Precision;
  force?: true;
  yes?: true;
  json?: true;
}

/**
 * Imports what a path holds and reports on it.
 *
 * @throws LoupeError what cannot be imported, and why
 */
export async function runImport(path: string, options: ImportOptions): Promise<void> {
  const settings = readSettings({ LOUPE_LOG_LEVEL: 'silent', ...process.env });
  const { modelRoots, setsFolder, home, backend } = settings;
  const say = (text: string) => process.stderr.write(`${text}\n`);
  const context: ImportContext = {
    layout: new StoreLayout(home),
    store: new ModelStore(modelRoots, setsFolder),
    kernels: async () => (await startBackend(backend)).kernels,
    cacheFolder: settings.hub.cacheFolder,
    onStep: (what) => options.json || say(`${what} …`),
    confirm: (source, warnings) => confirm(source, warnings, options),
  };
  const abort = new AbortController();
  process.once('SIGINT', () => abort.abort(new LoupeError('LOUPE_CANCELLED', 'It was cancelled.')));
  const from = resolve(path);

  const catalogue = readCatalogue(settings.catalogueFolder);
  const published = findPublished(from, catalogue, options);
  if (published) {
    const { endpoint } = settings.hub;
    const installer = new StoreInstaller({
      layout: context.layout,
      store: context.store,
      catalogue,
      pageOf: (repository) => repositoryPage(endpoint, repository),
    });
    return installPublished(published, installer, options, context, abort.signal);
  }
  if (isCheckpoint(from)) {
    const force = options.force ?? false;
    const model = await importModel(from, { ...options, force }, context, abort.signal);
    if (options.json) return printJson(model);
    for (const warning of model.warnings) say(`Warning: ${warning}`);
    return print(modelReport(model));
  }
  refuseUnreadable(from, options.as !== undefined);
  const imported = await importDictionaries(
    from,
    { ...options, force: options.force ?? false },
    context,
  );
  if (options.json) await printJson(setsJson(imported));
  else print(setsReport(imported));
  for (const { path: at, error } of imported.refused) {
    const where = error.message.includes(at) ? '' : `${at}: `;
    say(`${error.code}: ${where}${error.message}`);
  }
  if (!imported.sources.some((source) => source.imported)) process.exitCode = 1;
}

/** Files of the catalogue in the folder, if there are any. */
function findPublished(
  folder: string,
  catalogue: CatalogueEntries,
  { model, set, as }: ImportOptions,
): CataloguePart | undefined {
  const part = findCatalogueFiles(folder, catalogue, { model: model ?? as, set });
  return part.models.length + part.sources.length > 0 ? part : undefined;
}

async function installPublished(
  { models, sources }: CataloguePart,
  installer: Installer,
  { precision, json }: ImportOptions,
  { store, onStep }: ImportContext,
  signal: AbortSignal,
): Promise<void> {
  for (const { model, files } of models) {
    onStep(`Copying ${model}`);
    await installer.installModel(model, files, signal);
  }
  for (const source of sources) {
    onStep(`Converting ${source.layer}-${source.set}`);
    await installer.installSource(source, { precision }, signal);
  }
  const installed = {
    models: models.map(({ model }) => model),
    sources: sources.map(({ model, set, layer }) => ({ model, id: `${layer}-${set}` })),
  };
  if (json) return printJson(installed);
  const ids = [...installed.models, ...installed.sources.map(({ id }) => id)];
  print(`Installed from the files: ${ids.join(', ')}.`);
  const missing = new Set(sources.map(({ model }) => model).filter((id) => !store.find(id)));
  for (const id of missing) {
    print(`Their model, ${id}, is not installed yet: npm run loupe -- pull ${id}`);
  }
}

/** Tells what looks wrong; on a terminal asks whether to go on. */
async function confirm(
  { id }: SourceInfo,
  warnings: readonly string[],
  { yes, json }: ImportOptions,
): Promise<boolean> {
  if (json) return true;
  for (const warning of warnings) process.stderr.write(`Warning: ${id}: ${warning}\n`);
  if (yes || !process.stdin.isTTY || !process.stderr.isTTY) return true;
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await terminal.question(`Import ${id} all the same? [y/N] `);
  terminal.close();
  return /^y(es)?$/i.test(answer.trim());
}

function modelReport({ model, architecture, surprisal, hasText }: ImportedModel): string {
  const tokens = hasText ? 'Tokens of the sample texts' : 'Random token ids';
  return (
    `${model}: ${sizes(architecture)}\n` +
    `${tokens} surprise it by ${surprisal.toFixed(2)} nats on average.\n` +
    `Listed by: npm run loupe -- models`
  );
}

function setsReport({ model, sets, sources, refused }: ImportedSets): string {
  if (sources.length === 0) return 'Nothing was imported.';
  const head = ['source', 'reads', 'writes', 'width', 'explained', 'active', 'silent', 'read with'];
  const rows = sources.map(({ info, trial: { stated } }) => [
    info.id,
    info.hook,
    info.outputHook === info.hook ? 'the same' : info.outputHook,
    info.width,
    percent(stated.explainedVariance),
    stated.active.toFixed(1),
    percent(stated.silent),
    formatInterpretation(stated.interpretation),
  ]);
  const remarks = sources.flatMap(({ info, turned, folded, notes, imported }) => [
    ...notes.map((note) => `${info.id}: ${note}`),
    ...(folded
      ? [
          `${info.id}: it was trained after LayerNorm's weight and bias; those of ${model} (${folded}) ` +
            'were folded into it.',
        ]
      : []),
    ...(turned.length > 0
      ? [`${info.id}: ${turned.join(' and ')} had swapped axes in the file; turned.`]
      : []),
    ...(imported ? [] : [`${info.id} was not imported.`]),
  ]);
  const count = sources.filter(({ imported }) => imported).length;
  return [
    table(head, rows, [3, 4, 5, 6]),
    ...remarks,
    `${count} of ${sources.length + refused.length} in the ${sets.length === 1 ? 'set' : 'sets'} ${sets.join(', ')} of ${model}. A running Loupe shows them at once.`,
  ].join('\n');
}

function setsJson({ model, sets, sources, refused }: ImportedSets) {
  return {
    model,
    set: sets[0],
    sets,
    sources: sources.map(
      ({ info, imported, trial, turned, folded, notes, warnings, errors, file }) => ({
        ...info,
        ...trial.stated,
        others: trial.others,
        turned,
        ...(folded && { folded }),
        notes,
        warnings,
        errors,
        imported,
        file,
      }),
    ),
    refused: refused.map(({ path, error: { code, message } }) => ({ path, code, message })),
  };
}
