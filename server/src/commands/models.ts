import { conventionText, type ModelInfo } from '@loupe/shared';
import { Command } from 'commander';

/** `loupe models`: lists what is installed. */
export function modelsCommand(): Command {
  return new Command('models')
    .description('list the installed models with their sets of dictionaries')
    .option('--json', 'the same JSON as GET /api/v1/models')
    .addHelpText('after', '\nExample:\n  npm run loupe -- models')
    .action(async ({ json }: { json?: true }) => {
      const { readSettings } = await import('../settings.ts');
      const { ModelStore } = await import('../hub/store.ts');
      const { print, printJson } = await import('./output.ts');
      const { modelRoots, setsFolder } = readSettings(process.env);
      const store = new ModelStore(modelRoots, setsFolder);
      for (const { code, path, message } of store.problems) {
        process.stderr.write(`Not usable: ${path}: ${code}: ${message}\n`);
      }
      const models = store.models();
      if (json) return printJson({ models, problems: store.problems });
      if (models.length > 0) print(await modelTable(models));
      else print(`No model is installed in ${modelRoots.join(' or ')}.`);
    });
}

async function modelTable(models: readonly ModelInfo[]): Promise<string> {
  const { table } = await import('./table.ts');
  const head = [
    'model',
    'layers',
    'd_model',
    'context',
    'set',
    'reads',
    'at layers',
    'width',
    'input',
  ];
  const rows = models.flatMap(({ id, architecture, sources, variants }) => {
    const { layers, dModel, context } = architecture;
    const all = [...sources, ...variants];
    const described = [...new Set(all.map(setOf))].map((set) => [
      set,
      ...setCells(all.filter((source) => setOf(source) === set)),
    ]);
    const [first = ['none', '', '', '', ''], ...others] = described;
    return [
      [id, layers, dModel, context, ...first],
      ...others.map((cells) => ['', '', '', '', ...cells]),
    ];
  });
  return table(head, rows, [1, 2, 3, 7]);
}

/** The set of a source, or `att-kk__raw-z` of a variant. */
function setOf({ id }: ModelInfo['sources'][number]): string {
  return id.slice(id.indexOf('-') + 1);
}

function setCells(sources: ModelInfo['sources']): string[] {
  const widths = [...new Set(sources.map(({ width }) => width))];
  const inputs = [...new Set(sources.map(({ convention }) => conventionText(convention)))];
  return [
    sources[0]?.kind ?? '',
    ranges(sources.map(({ layer }) => layer)),
    widths.join(', '),
    inputs.join(', '),
  ];
}

/** `0, 1, 2, 5` as `0–2, 5`. */
function ranges(layers: readonly number[]): string {
  const runs: [from: number, to: number][] = [];
  for (const layer of [...layers].sort((a, b) => a - b)) {
    const last = runs.at(-1);
    if (last && layer <= last[1] + 1) last[1] = layer;
    else runs.push([layer, layer]);
  }
  return runs.map(([from, to]) => (from === to ? `${from}` : `${from}–${to}`)).join(', ');
}
