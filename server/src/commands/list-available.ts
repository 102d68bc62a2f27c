import { type CatalogueModel, type CatalogueSet, formatBytes, layerRanges } from '@loupe/shared';
import { Hub } from '../hub/hub.ts';
import { ModelStore } from '../hub/store.ts';
import { readSettings } from '../settings.ts';
import { print, printJson } from './output.ts';
import { table } from './table.ts';

/** Prints what could be installed, with what is. */
export async function listAvailable(json: boolean): Promise<void> {
  const settings = readSettings(process.env);
  const store = new ModelStore(settings.modelRoots, settings.setsFolder);
  const catalogue = await new Hub(settings, store).catalogue();
  if (json) await printJson(catalogue);
  else print(availableTable(catalogue.models));
}

function availableTable(models: readonly CatalogueModel[]): string {
  const head = ['name', 'what', 'layers', 'download', 'licence', 'installed'];
  const rows = models.flatMap((model) => [
    [
      model.id,
      model.name,
      '',
      formatBytes(model.bytes),
      model.licence,
      model.installed ? 'yes' : '',
    ],
    ...model.sets.map(setCells),
  ]);
  return table(head, rows, [3]);
}

function setCells({ id, name, default: preset, licence, layers }: CatalogueSet): string[] {
  const installed = layers.filter((layer) => layer.installed).map(({ layer }) => layer);
  const all = installed.length === layers.length;
  return [
    `  ${id}${preset ? ' *' : ''}`,
    name,
    layerRanges(layers.map(({ layer }) => layer)),
    formatBytes(layers.reduce((sum, { bytes }) => sum + bytes, 0)),
    licence,
    all ? 'yes' : layerRanges(installed),
  ];
}
