import { beforeAll, expect, test } from 'vitest';
import * as tf from '@tensorflow/tfjs-core';
import type { LoadedModel } from '../../server/src/jobs/loaded-model.ts';
import { buildReplacement, replacementHooks } from '../../server/src/circuits/graph/build-replacement.ts';
import { graphSources } from '../../server/src/circuits/graph/graph-sources.ts';
import { logitTargets } from '../../server/src/circuits/graph/logit-targets.ts';
import { traceGraph } from '../../server/src/circuits/graph/trace-graph.ts';
import { keptHooks, runLayers } from '../../server/src/trace/run-layers.ts';
import { Trace } from '../../server/src/trace/trace.ts';
import { golden, loadDemo } from './model.ts';

const expected = golden<any>('ioi.graph.json');
let model: LoadedModel;
beforeAll(async () => {
  model = await loadDemo();
});
function finish<T>(g: Generator<unknown, T>): T { for (;;) { const r = g.next(); if (r.done) return r.value; } }

Error.stackTraceLimit=60;
test.each(['features','frozen'] as const)('try %s', (mode) => {
  const before = tf.memory().numTensors;
  const trace = new Trace(Int32Array.from(expected.ids));
  const L = model.gpt2.blocks.length;
  finish(runLayers(model.gpt2, trace, keptHooks(model.gpt2, replacementHooks(L)), undefined) as any);
  const t0 = performance.now();
  const rep = finish(buildReplacement(model.gpt2, trace, mode, graphSources(model.sources, false, L, mode), (s) => model.dictionary(s)));
  const t1 = performance.now();
  const logits = logitTargets(model.gpt2, model.tokenizer, trace.finalResidual, { tokens: [' Mary'] });
  const traced = finish(traceGraph(rep, logits, 0));
  const t2 = performance.now();
  console.log(mode, t1 - t0, t2 - t1, traced.exactness, traced.omittedInfluence, traced.rows.length, rep.writes.nodes, logits.targets);
  for (const m of [50, 200, 1000]) { const t = finish(traceGraph(rep, logits, m)); console.log(m, t.omittedInfluence, t.rows.length, t.exactness); }
  rep.dispose(); trace.release();
  console.log(before, tf.memory().numTensors);
});
