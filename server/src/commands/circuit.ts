import { Command, InvalidArgumentError, Option } from 'commander';
import { givenPrompt, tokensOption } from './given-prompt.ts';
import { listOption } from './list-option.ts';
import { numberOption } from './number-option.ts';
import { refuseUnused } from './refuse-unused.ts';
import type { CircuitOptions } from './run-circuit.ts';

/** `loupe circuit`: why the model says a token, as a table, a figure or a file. */
export function circuitCommand(): Command {
  const share = numberOption({ min: 0, max: 1, whole: false });
  return new Command('circuit')
    .description('explain a token: the attribution graph of a prompt, as a table or a file')
    .argument('[prompt]', 'the text; not with --graph')
    .addOption(tokensOption())
    .option('--model <id>', 'which model (default: that of --graph, or the first of `models`)')
    .option('--target <token>', 'explain this next token (default: the most probable)', collect)
    .option('--distractor <token>', '… rather than this one', collect)
    .option('--position <n>', 'after which token (default: the last)', count(0))
    .addOption(
      new Option('--mode <mode>', 'attention features as nodes, or attention passed through')
        .choices(['features', 'frozen'])
        .default('features'),
    )
    .option(
      '--sources <ids>',
      'what explains: ids of sources or sets, with commas between (default: of each part the set of most layers)',
      listOption,
    )
    .option('--max-nodes <n>', 'most feature nodes, 0 for all (default: 1000)', count(0))
    .option('--no-bos', 'do not put BOS before the prompt')
    .option(
      '--no-first-position',
      'leave out what is at position 0 but its token, as circuit-tracer',
    )
    .option('--prune', 'keep only what the thresholds keep (default: 0.8 and 0.98), in files too')
    .option('--graph <file>', 'a saved graph instead: JSON, .pt of circuit-tracer, SVG, PNG, …')
    .option('--node-threshold <share>', 'of influence that the nodes shown have', share)
    .option('--edge-threshold <share>', 'of the rest that the edges shown have', share)
    .option(
      '--pinned [n]',
      'only the circuit of what is pinned, or of the n strongest paths (default: 6)',
      count(1),
    )
    .option('-o, --output <file>', 'write it to a file; its ending says as what')
    .addOption(new Option('--theme <theme>').choices(['light', 'dark']).default('light'))
    .option('--width <width>', 'column (3.25 in), page (6.75 in) or points', width, 'page')
    .option('--scale <x>', 'of a PNG; 1 is 96 pixels to the inch (default: 3)', positive)
    .option('--title <text>', 'set above the figure')
    .addOption(
      new Option('--data <part>', 'which part of the graph the file holds').choices([
        'shown',
        'all',
        'none',
      ]),
    )
    .option(
      '--validate <n>',
      'ablate the n features that matter most, one at a time, and compare with what the graph predicts',
      count(2),
    )
    .option('--json', 'the same JSON as POST /api/v1/circuits; with --validate the figures')
    .addHelpText(
      'after',
      '\nFiles: .svg .png .pdf .html .dot .mmd .graphml .json .nodes.csv .edges.csv .nodes.arrow' +
        ' .edges.arrow\n' +
        '\nExample:\n' +
        '  npm run loupe -- circuit "When Mary and John went to the store, John gave a drink to"' +
        ' \\\n    --target " Mary" --distractor " John" -o fig.svg',
    )
    .action(async (prompt: string | undefined, options: CircuitOptions, command: Command) => {
      const asked = [prompt, options.tokens, options.graph].filter((each) => each !== undefined);
      if (asked.length !== 1) command.error('error: give either a prompt, --tokens or --graph');
      const given =
        options.graph === undefined ? givenPrompt(prompt, options.tokens, command) : undefined;
      if (options.validate !== undefined && options.output !== undefined) {
        command.error('error: --validate prints figures, and does not go with -o');
      }
      if (options.graph !== undefined) refuseUnused(command, QUESTION_OPTIONS);
      const { runCircuit } = await import('./run-circuit.ts');
      await runCircuit(given, options);
    });
}

/** Options that a saved graph answers itself. */
const QUESTION_OPTIONS = [
  ...[
    'target',
    'distractor',
    'position',
    'mode',
    'sources',
    'maxNodes',
    'bos',
    'firstPosition',
    'prune',
  ],
];

function collect(token: string, tokens: string[] = []): string[] {
  return [...tokens, token];
}

function count(min: number) {
  return numberOption({ min, whole: true });
}

function positive(text: string): number {
  return numberOption({ min: 0.1, max: 20, whole: false })(text);
}

function width(text: string): 'column' | 'page' | number {
  if (text === 'column' || text === 'page') return text;
  try {
    return numberOption({ min: 120, max: 5000, whole: false })(text);
  } catch {
    throw new InvalidArgumentError('It must be column, page, or points from 120 to 5000.');
  }
}
