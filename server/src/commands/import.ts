import { Command, Option } from 'commander';
import { numberOption } from './number-option.ts';
import type { ImportOptions } from './run-import.ts';

/** `loupe import`: brings a user's own dictionaries and models into the store. */
export function importCommand(): Command {
  return new Command('import')
    .description('bring your own dictionaries or GPT-2 into Loupe, or files fetched by hand')
    .argument('<path>', 'a folder, or one .pt or .safetensors file')
    .option('--model <id>', 'which model the dictionaries are for (default: the one that they fit)')
    .option('--set <id>', 'id of the set of dictionaries (default: after the folder)')
    .option('--name <name>', 'what the page calls it')
    .option(
      '--layer <n>',
      'layer, where the files do not say it',
      numberOption({ min: 0, whole: true }),
    )
    .option('--as <id>', 'id of the model, where the folder holds one (default: after the folder)')
    .option(
      '--tokenizer <place>',
      'folder or installed model with the tokenizer of a model that brings none',
    )
    .option('--base <place>', 'folder or installed model that a LoRA adapter was trained for')
    .addOption(
      new Option(
        '--precision <which>',
        'published: every value as it was; half: 16 bits where that changes little, for half the disk and memory',
      )
        .choices(['published', 'half'])
        .default('published'),
    )
    .addOption(new Option('--keep-f32', 'as published, which is the default').hideHelp())
    .option('--force', 'replace what was imported before under the same id')
    .option('--yes', 'import what looks wrong without asking')
    .option('--json', 'the report as JSON')
    .addHelpText(
      'after',
      '\nA folder is looked through, folders in it too. Of many dictionaries, each that cannot be imported is\n' +
        'reported with its path and does not stop the others; where two are of one layer, their sets get\n' +
        'names of their own (<set>-<hook>, <set>-<width or run>). Exit code: 0 if anything was imported,\n' +
        '1 if nothing was.\n' +
        '\nExamples:\n' +
        '  npm run loupe -- import my-saes/blocks.5.hook_resid_pre --model gpt2-small --set mine\n' +
        '  npm run loupe -- import my-sweep --set mine --json\n' +
        '  npm run loupe -- import transcoder.pt --layer 8      with a transcoder.json beside it:\n' +
        '      { "hook": "blocks.{layer}.ln2.hook_normalized",\n' +
        '        "outputHook": "blocks.{layer}.hook_mlp_out",\n' +
        '        "activationFunction": { "kind": "relu" } }\n' +
        '  npm run loupe -- import my-finetuned-gpt2 --as my-gpt2',
    )
    .action(async (path: string, options: ImportOptions) => {
      const { runImport } = await import('./run-import.ts');
      await runImport(path, options);
    });
}
