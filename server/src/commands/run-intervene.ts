import {
  type CircuitTarget,
  type InterventionResponse,
  LoupeError,
  predictedAblations,
  type Validity,
  validity,
} from '@loupe/shared';
import type { Engine } from '../engine/jobs.ts';
import { CircuitCollector } from '../http/collect-circuit.ts';
import { print, printJson } from './output.ts';
import { parseChange } from './parse-change.ts';
import { table } from './table.ts';
import { visibleText } from './visible-text.ts';
import { withEngine } from './with-engine.ts';

/** The options of the command as commander gives them. */
export interface InterveneOptions {
  model?: string;
  target?: string;
  distractor?: string;
  mode: 'features' | 'frozen';
  validate?: number;
  json?: true;
}

const TOP_K = 10;
const RUNS = ['frozen', 'free'] as const;

/**
 * Carries changes out, or measures how well the graph of a prompt foresees ablations, on an engine of its
 * own, and prints what came of it.
 *
 * @throws LoupeError `LOUPE_BAD_REQUEST` for a text that is no change, and what the engine refuses
 */
export async function runIntervene(
  prompt: string,
  changes: readonly string[],
  options: InterveneOptions,
): Promise<void> {
  const parsed = changes.map(parseChange);
  const { target: token, distractor, mode, validate } = options;
  const target: CircuitTarget = {
    ...(token === undefined ? { max: 1 } : { tokens: [token] }),
    ...(distractor !== undefined && { minus: [distractor] }),
  };
  await withEngine(options.model, async (engine, model) => {
    const request = { model, prompt, target, mode };
    if (validate !== undefined) {
      const figures = await measure(engine, request, validate);
      if (options.json) return printJson(figures);
      return print(validityTable(figures));
    }
    const whole = { ...request, changes: parsed, topK: TOP_K };
    for await (const answer of engine.run('interventions', whole)) {
      if (options.json) await printJson(answer);
      else print(outcomeTables(answer));
    }
  });
}

interface Request {
  model: string;
  prompt: string;
  target: CircuitTarget;
  mode: 'features' | 'frozen';
}

/** The validity figures of the graph of a request. */
async function measure(engine: Engine, request: Request, count: number): Promise<Validity[]> {
  const collector = new CircuitCollector();
  for await (const event of engine.run('circuits', request)) {
    if (event.type !== 'progress') collector.add(event);
  }
  const graph = collector.graph();
  const logit = graph.nodes.findIndex(({ kind }) => kind === 'logit');
  const predicted = predictedAblations(graph, logit, count);
  if (predicted.length === 0) {
    throw new LoupeError('LOUPE_BAD_REQUEST', 'The graph has no features to ablate.');
  }
  const ablate = predicted.map(({ feature, position }) => ({ feature, position }));
  for await (const event of engine.run('ablations', { ...request, ablate })) {
    if (event.type === 'ablations') {
      const { effects } = event.ablations;
      return RUNS.map((run) => validity(predicted, effects, 0, run));
    }
    if (process.stderr.isTTY) process.stderr.write(`\r${event.done} of ${event.total} ablated`);
  }
  throw new LoupeError('LOUPE_INTERNAL');
}

function validityTable(figures: readonly Validity[]): string {
  const rows = figures.map(({ run, count, pearson, spearman, deviation }) => [
    run,
    count,
    pearson.toFixed(3),
    spearman.toFixed(3),
    `${(100 * deviation).toFixed(1)} %`,
  ]);
  return table(['run', 'ablations', 'Pearson', 'Spearman', 'off by'], rows, [1, 2, 3, 4]);
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
              visibleText(text),
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
