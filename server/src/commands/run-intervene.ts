import { type CircuitTarget, type InterventionResponse, requestOfGraph } from '@loupe/shared';
import { formatVisible } from './format-visible.ts';
import type { GivenPrompt } from './given-prompt.ts';
import { openGraph } from './open-graph.ts';
import { print, printJson } from './output.ts';
import { parseChange } from './parse-change.ts';
import { table } from './table.ts';
import { withEngine } from './with-engine.ts';

/** The options of the command as commander gives them. */
export interface InterveneOptions {
  model?: string;
  target?: string;
  distractor?: string;
  mode: 'features' | 'frozen';
  tokens?: number[];
  sources?: string[];
  runs: 'frozen' | 'free' | 'both';
  graph?: string;
  json?: true;
}

const TOP_K = 10;

/**
 * Carries changes out on an engine of its own and prints what came of them.
 *
 * @throws LoupeError `LOUPE_BAD_REQUEST` for a text that is no change, and what the engine refuses
 */
export async function runIntervene(
  given: GivenPrompt,
  changes: readonly string[],
  options: InterveneOptions,
): Promise<void> {
  const parsed = changes.map(parseChange);
  const { target: token, distractor, mode, sources, runs } = options;
  const target: CircuitTarget = {
    ...(token === undefined ? { max: 1 } : { tokens: [token] }),
    ...(distractor !== undefined && { minus: [distractor] }),
  };
  const saved = options.graph === undefined ? undefined : openGraph(options.graph);
  await withEngine(options.model ?? saved?.model, async (engine, model) => {
    const asked = saved
      ? requestOfGraph(saved)
      : { ...given, target, mode, ...(sources && { sources }) };
    const request = {
      ...asked,
      ...(runs !== 'both' && { runs: [runs] }),
      model,
      changes: parsed,
      topK: TOP_K,
    };
    for await (const answer of engine.run('interventions', request)) {
      if (options.json) await printJson(answer);
      else print(outcomeTables(answer));
    }
  });
}

function outcomeTables({ targets, runs }: InterventionResponse): string {
  const short = (value: number) => value.toPrecision(4);
  return runs
    .flatMap(({ run, targets: after, tokens, activations }) => [
      table(
        [run, 'before', 'after'],
        [
          ...targets.map(({ label, value }, i) => [label, short(value), short(after[i] as number)]),
          ...tokens
            .slice(0, TOP_K)
            .map(({ text, probability: [a, b] }) => [
              formatVisible(text),
              `${(100 * a).toFixed(1)} %`,
              `${(100 * b).toFixed(1)} %`,
            ]),
          ...activations.map(({ feature, position, activation: [a, b] }) => [
            `${feature} at ${position}`,
            short(a),
            short(b),
          ]),
        ],
        [1, 2],
      ),
    ])
    .join('\n\n');
}
