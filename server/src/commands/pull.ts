import { Command, Option } from 'commander';
import { layerList } from './layer-list.ts';
import { listOption } from './list-option.ts';
import type { PullOptions } from './run-pull.ts';

/** `loupe pull`: fetches and installs what the catalogue lists. */
export function pullCommand(): Command {
  return new Command('pull')
    .description('download a model or a set of dictionaries, and install it')
    .argument('<name>', 'a model or a set, as `models --available` lists them')
    .option('--sets <ids>', 'of a model: which sets, with commas between, or none', listOption)
    .option('--layers <list>', 'only these layers of each set, as 0,3-5', layerList)
    .addOption(
      new Option(
        '--precision <which>',
        'published: every value as it was; half: 16 bits where that changes little, for half the disk and memory',
      )
        .choices(['published', 'half'])
        .default('published'),
    )
    .addOption(new Option('--keep-f32', 'as published, which is the default').hideHelp())
    .option('--yes', 'do not ask before the download')
    .option('--json', 'what was installed as JSON')
    .addHelpText(
      'after',
      '\nA model comes with the sets that Loupe needs for it, unless --sets says otherwise. What an\n' +
        "earlier attempt has left, and what is in Hugging Face's cache, is not fetched again.\n" +
        'HF_ENDPOINT, HF_TOKEN, HF_HOME, HF_HUB_OFFLINE and HTTPS_PROXY mean what they mean to\n' +
        "Hugging Face's tools.\n" +
        '\nExamples:\n' +
        '  npm run loupe -- pull gpt2-small\n' +
        '  npm run loupe -- pull gpt2-small --sets att-kk --layers 5,9-10\n' +
        '  npm run loupe -- pull res-jb --layers 8 --yes',
    )
    .action(async (name: string, options: PullOptions) => {
      const { runPull } = await import('./run-pull.ts');
      await runPull(name, options);
    });
}
