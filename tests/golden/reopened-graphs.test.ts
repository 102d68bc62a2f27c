import {
  type AttributionGraph,
  type CircuitRequest,
  exportText,
  type GraphNode,
  type InterventionResponse,
  readGraphJson,
  readHtmlGraph,
  readSvgGraph,
  requestOfGraph,
} from '@loupe/shared';
import { beforeAll, describe, expect, test } from 'vitest';
import { interventionsJob } from '../../server/src/jobs/interventions.ts';
import type { LoadedModel } from '../../server/src/jobs/loaded-model.ts';
import { graphToPng } from '../../server/src/render/png.ts';
import { graphOfPng } from '../../server/src/render/png-chunks.ts';
import { circuit } from './circuit.ts';
import { drain, loadDemo } from './model.ts';

const NAMES = 'When Mary and John went to the store, John gave a drink to';

let model: LoadedModel;
beforeAll(async () => {
  model = await loadDemo();
});

/** Every kind of question whose prompt, target or BOS a text alone does not tell. */
const QUESTIONS: [string, () => Omit<CircuitRequest, 'model'>][] = [
  ['no BOS', () => ({ prompt: NAMES, prependBos: false })],
  [
    'tokens, BOS among them',
    () => ({
      tokens: model.tokenizer.withBos(model.tokenizer.encode(NAMES)),
      prependBos: false,
    }),
  ],
  // " Jo" and "hn" are put together as one token where the text is split anew.
  [
    'tokens that the text is not split into',
    () => ({
      tokens: [...model.tokenizer.encode('When Jo'), ...model.tokenizer.encode('hn went')],
    }),
  ],
  ['a special token in the prompt', () => ({ prompt: 'Mary went.<|endoftext|>John gave a' })],
  ['two BOS', () => ({ prompt: `<|endoftext|><|endoftext|>${NAMES}` })],
  ['parts of characters', () => ({ prompt: 'The prize was 5 €. The café' })],
  ['an empty prompt', () => ({ prompt: '' })],
  ['a difference', () => ({ prompt: NAMES, target: { tokens: [' Mary'], minus: [' John'] } })],
  [
    'two against two',
    () => ({ prompt: NAMES, target: { tokens: [' Mary', ' her'], minus: [' John', ' him'] } }),
  ],
  ['several tokens', () => ({ prompt: NAMES, target: { tokens: [' Mary', ' John', ' the'] } })],
  ['an earlier position', () => ({ prompt: NAMES, target: { tokens: [' John'], position: 3 } })],
  ['few of the likeliest', () => ({ prompt: NAMES, target: { probability: 0.5, max: 2 } })],
  ['attention passed through', () => ({ prompt: NAMES, mode: 'frozen' })],
  ['some sources', () => ({ prompt: NAMES, sources: ['1-mlp-demo', '3-att-demo'] })],
];

describe.each(QUESTIONS)('%s', (_, question) => {
  test('an opened graph is measured by what it explains', () => {
    const graph = circuit(model, { ...question(), maxNodes: 30 });
    const files = formsOf(graph);
    expect(files.map(({ question: asked }) => asked)).toEqual(files.map(() => graph.question));
    for (const opened of [files[0] as AttributionGraph, beforeQuestions(graph)]) {
      expectSameExperiment(opened, graph);
    }
  });
});

test('a file without embeddings is measured by the texts of its tokens', () => {
  const graph = circuit(model, {
    prompt: `<|endoftext|>${NAMES}`,
    prependBos: false,
    maxNodes: 30,
  });
  const old = beforeQuestions(graph);
  const nodes = old.nodes.map((node) =>
    node.kind === 'embedding' ? { ...node, feature: -1 } : node,
  );
  expect(requestOfGraph({ ...old, nodes }).tokens).toBeUndefined();
  expectSameExperiment({ ...old, nodes }, graph);
});

/** A graph as it is after each way through a file. */
function formsOf(graph: AttributionGraph): AttributionGraph[] {
  const logit = graph.nodes.find(({ kind }) => kind === 'logit') as GraphNode;
  const pinned = { ...graph, view: { ...graph.view, pinned: [logit.id] } };
  return [
    readGraphJson(JSON.parse(exportText(graph, 'json'))),
    readSvgGraph(exportText(pinned, 'svg', { what: 'pinned' })),
    readHtmlGraph(exportText(graph, 'html')),
    readGraphJson(JSON.parse(graphOfPng(graphToPng(pinned, { what: 'pinned', scale: 1 })))),
  ];
}

/** A file as it was written before files held the question. */
function beforeQuestions(graph: AttributionGraph): AttributionGraph {
  const json = JSON.parse(exportText(graph, 'json')) as { metadata: { loupe: object } };
  return readGraphJson({
    ...json,
    metadata: { ...json.metadata, loupe: { ...json.metadata.loupe, question: undefined } },
  });
}

/** Ablates the strongest feature and compares what stood there before with what the graph says. */
function expectSameExperiment(opened: AttributionGraph, graph: AttributionGraph): void {
  const [strongest] = opened.nodes
    .filter(({ source, feature }) => source !== undefined && feature >= 0)
    .sort((a, b) => b.activation - a.activation) as [GraphNode];
  const { source, feature: index, position, activation } = strongest;
  const feature = `${source}/${index}`;
  const [answer] = drain(
    interventionsJob(
      {
        ...requestOfGraph(opened),
        runs: ['frozen', 'free'],
        topK: 0,
        changes: [{ feature, positions: [position], scale: 0 }],
        observe: [{ feature, position }],
      },
      () => model,
    ),
  ) as [InterventionResponse];
  for (const { activations } of answer.runs) {
    expect(activations[0]?.activation[0]).toBeCloseTo(activation, 3);
    expect(activations[0]?.activation[1]).toBe(0);
  }
  const logits = graph.nodes.filter(({ kind }) => kind === 'logit');
  expect(answer.targets.map(({ label }) => label)).toEqual(logits.map(({ label }) => label));
  for (const [at, { activation: value }] of logits.entries()) {
    expect(answer.targets[at]?.value).toBeCloseTo(value, 3);
  }
}
