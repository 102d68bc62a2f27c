import { Command } from 'commander';

/** `loupe models`: lists what is installed. */
export function modelsCommand(): Command {
  return new Command('models')
    .description('list the installed models with their sets of dictionaries')
    .option('--available', 'list what could be installed instead')
    .option('--json', 'the same JSON as GET /api/v1/models, or with --available /api/v1/catalogue')
    .addHelpText(
      'after',
      '\nExamples:\n  npm run loupe -- models\n  npm run loupe -- models --available',
    )
    .action(async ({ json, available }: { json?: true; available?: true }) => {
      if (available) {
        const { listAvailable } = await import('./list-available.ts');
        return listAvailable(json ?? false);
      }
      const { readSettings } = await import('../settings.ts');
      const { ModelStore } = await import('../hub/store.ts');
      const { modelTable } = await import('./model-table.ts');
      const { print, printJson } = await import('./output.ts');
      const { modelRoots, setsFolder } = readSettings(process.env);
      const store = new ModelStore(modelRoots, setsFolder);
      for (const { code, path, message } of store.problems) {
        process.stderr.write(`Not usable: ${path}: ${code}: ${message}\n`);
      }
      const models = store.models();
      if (json) return printJson({ models, problems: store.problems });
      if (models.length > 0) print(modelTable(models));
      else print(`No model is installed in ${modelRoots.join(' or ')}.`);
    });
}
