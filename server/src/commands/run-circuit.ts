import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import {
  type AttributionGraph,
  type CircuitRequest,
  EXPORT_FORMATS,
  type ExportOptions,
  formatOfFile,
  LoupeError,
  missingGlyphsNotice,
  requestOfGraph,
  strongestPaths,
} from '@loupe/shared';
import { collectCircuit } from '../answers/collect-circuit.ts';
import { graphPieces } from '../answers/graph-pieces.ts';
import { Fonts } from '../render/fonts.ts';
import { renderGraph } from '../render/render-graph.ts';
import { readSettings } from '../settings.ts';
import { circuitTable } from './circuit-table.ts';
import type { GivenPrompt } from './given-prompt.ts';
import { measureValidity, validityTable } from './measure-validity.ts';
import { openGraph } from './open-graph.ts';
import { print, printJson, printPieces } from './output.ts';
import { withEngine } from './with-engine.ts';

/** The options of the command as commander gives them. */
export interface CircuitOptions
  extends Pick<ExportOptions, 'theme' | 'width' | 'scale' | 'title' | 'data'> {
  model?: string;
  target?: string[];
  distractor?: string[];
  position?: number;
  tokens?: number[];
  mode: 'features' | 'frozen';
  sources?: string[];
  maxNodes?: number;
  bos: boolean;
  firstPosition: boolean;
  prune?: true;
  graph?: string;
  nodeThreshold?: number;
  edgeThreshold?: number;
  pinned?: number | true;
  output?: string;
  validate?: number;
  json?: true;
}

const PATHS = 6;

/**
 * Traces the graph of a prompt on an engine of its own, or opens a saved one, and prints it or writes it
 * to a file.
 *
 * @throws LoupeError what the engine refuses, a file that is no graph, an ending that is no format
 */
export async function runCircuit(
  given: GivenPrompt | undefined,
  options: CircuitOptions,
): Promise<void> {
  if (options.validate !== undefined) return validate(given, options, options.validate);
  const format = options.output === undefined ? undefined : formatFor(options.output);
  const traced =
    options.graph === undefined ? await attributeGraph(given, options) : openGraph(options.graph);
  const graph = withView(traced, options);
  if (format !== undefined && options.output !== undefined) {
    const { theme, width, scale, title, data, pinned } = options;
    const drawn: ExportOptions = {
      ...(theme !== undefined && { theme }),
      ...(width !== undefined && { width }),
      ...(scale !== undefined && { scale }),
      ...(title !== undefined && { title }),
      ...(data !== undefined && { data }),
      what: pinned === undefined ? 'graph' : 'pinned',
    };
    const rendered = await renderGraph(graph, format, drawn, {
      fonts: new Fonts(readSettings(process.env).fonts),
      onMissing: (characters) => {
        if (characters.length > 0) process.stderr.write(`${missingGlyphsNotice(characters)}\n`);
      },
    });
    writeFile(options.output, rendered);
  }
  if (options.json) await printPieces(graphPieces(graph));
  else if (format === undefined) print(circuitTable(graph));
}

function formatFor(file: string) {
  const format = formatOfFile(file);
  if (format !== undefined) return format;
  const endings = Object.keys(EXPORT_FORMATS).map((ending) => `.${ending}`);
  throw new LoupeError(
    'LOUPE_BAD_REQUEST',
    `The ending of ${file} is no format. Choose one of ${endings.join(' ')}.`,
  );
}

function attributeGraph(
  given: GivenPrompt | undefined,
  options: CircuitOptions,
): Promise<AttributionGraph> {
  return withEngine(options.model, (engine, model) =>
    collectCircuit(engine.run('circuits', circuitRequest(model, given, options))),
  );
}

/** Makes a graph, or opens a saved one, and prints how well it foresees ablations. */
async function validate(
  given: GivenPrompt | undefined,
  options: CircuitOptions,
  count: number,
): Promise<void> {
  const saved = options.graph === undefined ? undefined : openGraph(options.graph);
  const figures = await withEngine(options.model ?? saved?.model, async (engine, model) => {
    if (saved) {
      return measureValidity(engine, saved, { ...requestOfGraph(saved), model }, count);
    }
    const request = circuitRequest(model, given, options);
    const graph = await collectCircuit(engine.run('circuits', request));
    return measureValidity(engine, graph, request, count);
  });
  if (options.json) await printJson(figures);
  else print(validityTable(figures));
}

/** What the API would be asked, from what the command line says. */
function circuitRequest(
  model: string,
  given: GivenPrompt | undefined,
  {
    target,
    distractor,
    position,
    mode,
    sources,
    maxNodes,
    bos,
    firstPosition,
    prune,
    nodeThreshold,
    edgeThreshold,
  }: CircuitOptions,
): CircuitRequest {
  return {
    model,
    ...(given ?? { prompt: '' }),
    prependBos: bos,
    ...(!firstPosition && { firstPosition }),
    ...(prune && {
      prune: {
        ...(nodeThreshold !== undefined && { nodes: nodeThreshold }),
        ...(edgeThreshold !== undefined && { edges: edgeThreshold }),
      },
    }),
    mode,
    target: {
      ...(target && { tokens: target }),
      ...(distractor && { minus: distractor }),
      ...(position !== undefined && { position }),
    },
    ...(sources && { sources }),
    ...(maxNodes !== undefined && { maxNodes }),
  };
}

/** A graph with the thresholds and pins that the command line asks for. */
function withView(graph: AttributionGraph, options: CircuitOptions): AttributionGraph {
  const { pinned } = options;
  // What is pruned is not pruned again.
  const { nodeThreshold, edgeThreshold } = options.prune
    ? ({} as Partial<CircuitOptions>)
    : options;
  const view = {
    ...graph.view,
    ...(nodeThreshold !== undefined && { nodeThreshold }),
    ...(edgeThreshold !== undefined && { edgeThreshold }),
  };
  if (pinned === undefined || (pinned === true && view.pinned.length > 0))
    return { ...graph, view };
  const count = pinned === true ? PATHS : pinned;
  const nodes = graph.nodes.flatMap(({ kind }, logit) =>
    kind === 'logit' ? strongestPaths(graph, logit, count).flatMap((way) => way.nodes) : [],
  );
  const ids = new Set(nodes.map((node) => graph.nodes[node]?.id ?? ''));
  return { ...graph, view: { ...view, pinned: [...ids] } };
}

function writeFile(file: string, content: Buffer): void {
  try {
    mkdirSync(path.dirname(path.resolve(file)), { recursive: true });
    writeFileSync(file, content);
  } catch (error) {
    throw new LoupeError('LOUPE_BAD_REQUEST', `${file} cannot be written: ${String(error)}.`);
  }
}
