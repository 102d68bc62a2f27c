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
