// Traces the indirect-object prompt on the demo, prunes the graph, pins its strongest paths and groups
// them, and writes tests/unit/export/ioi.json and the figures of it in docs/images:
// `npx tsx scripts/figures/ioi.ts`, then `npx vitest run --project unit tests/unit/export -u`.
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import {
  type AttributionGraph,
  type ExportFormat,
  type ExportOptions,
  shownGraph,
  strongestPaths,
  writeGraphJson,
} from '@loupe/shared';
import { collectCircuit } from '../../server/src/answers/collect-circuit.ts';
import { startEngine } from '../../server/src/engine/supervisor.ts';
import { createLogger } from '../../server/src/http/logger.ts';
import { renderGraph } from '../../server/src/render/render-graph.ts';
import { readSettings } from '../../server/src/settings.ts';

const PROMPT = 'When Mary and John went to the store, John gave a drink to';
const PATHS = 7;

async function trace(): Promise<AttributionGraph> {
  const settings = readSettings(process.env);
  const { modelRoots, setsFolder, backend, memoryBytes } = settings;
  const engine = startEngine({
    logger: createLogger(settings),
    handlerOptions: { roots: modelRoots, setsFolder, backend, memoryBytes },
    startAttempts: 1,
  });
  try {
    const target = { tokens: [' Mary'], minus: [' John'] };
    return await collectCircuit(engine.run('circuits', { model: 'demo', prompt: PROMPT, target }));
  } finally {
    await engine.stop();
  }
}

/** Pruned and pinned, features that do the same thing as one group. */
function arranged(whole: AttributionGraph): AttributionGraph {
  const view = { ...whole.view, nodeThreshold: 0.6, edgeThreshold: 0.85 };
  const graph = shownGraph({ ...whole, view });
  const logit = graph.nodes.findIndex(({ kind }) => kind === 'logit');
  const ways = strongestPaths(graph, logit, PATHS).flatMap(({ nodes }) => nodes);
  const pinned = [...new Set(ways)].map((node) => graph.nodes[node]?.id ?? '');
  const group = (label: string, pattern: RegExp) => ({
    label,
    members: pinned.filter((id) => pattern.test(id)),
  });
  const groups = [
    group('move a name here', /^att_3_/),
    group('“John” was said', /^0_1077_/),
    group('“Mary” was said', /^0_\d+_2$/),
  ];
  return { ...graph, view: { ...graph.view, pinned, groups } };
}

async function write(
  path: string,
  graph: AttributionGraph,
  format: ExportFormat,
  options: ExportOptions,
): Promise<void> {
  const file = fileURLToPath(new URL(`../../${path}`, import.meta.url));
  writeFileSync(file, await renderGraph(graph, format, options));
}

async function main(): Promise<void> {
  const graph = arranged(await trace());
  const json = fileURLToPath(new URL('../../tests/unit/export/ioi.json', import.meta.url));
  writeFileSync(json, `${JSON.stringify(writeGraphJson(graph), undefined, 1)}\n`);
  const images = 'docs/images/circuit-ioi';
  for (const format of ['svg', 'png', 'pdf'] as const) {
    await write(`${images}.${format}`, graph, format, {});
  }
  const pinned = { what: 'pinned', width: 'column' } as const;
  for (const format of ['svg', 'png', 'pdf', 'mmd'] as const) {
    await write(`${images}-pinned.${format}`, graph, format, pinned);
  }
  await write(`${images}-pinned-dark.png`, graph, 'png', { ...pinned, theme: 'dark' });
}

await main();
