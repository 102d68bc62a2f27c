import { type Cell, table } from '../../commands/table.ts';
import type { CircuitModelReport, CircuitRow, CircuitsReport } from './circuits-report.ts';

const HEAD = ['tokens', 'mode', 'Loupe ms', 'fastest', 'model, encode, trace, rest'];
const GRAPH_HEAD = ['features', 'edges', 'memory', 'off by'];
const AUTOGRAD_HEAD = ['autograd ms', '×', 'memory'];
const TRACER_HEAD = ['circuit-tracer ms', '×', 'memory'];

/** The report as text for people. */
export function formatCircuits(report: CircuitsReport): string {
  const { machine, backend, reference } = report;
  const tracer = 'version' in reference ? reference.circuitTracer : null;
  return [
    `Loupe ${report.loupe} on ${machine.cpu}, ${machine.cores} cores, Node ${machine.node}`,
    `backend: ${backend.name}, ${backend.version}, ${backend.device}, ${backend.threads} threads`,
    'version' in reference
      ? `beside PyTorch ${reference.version}, ${reference.threads} threads` +
        (tracer === null ? '' : `, and circuit-tracer ${tracer}`)
      : `nothing beside it: ${reference.reason}`,
    `graphs of at most ${report.maxNodes} features; medians of ${report.repeats}, the comparison once; ` +
      `load of the machine ${machine.load.toFixed(1)} at the start, ${report.loadAfter.toFixed(1)} at the end`,
    ...report.models.flatMap((model) => ['', formatModel(model, report)]),
    ...('version' in reference ? ['', LEGEND] : []),
  ].join('\n');
}

const LEGEND =
  '×: their time / the fastest of Loupe. autograd has the same nodes as Loupe; circuit-tracer has no features\n' +
  'of attention, and one number stands beside both modes. memory: the most of the whole process meanwhile,\n' +
  'weights and what earlier graphs left to it included. off by: how far inputs are from adding up, at worst.';

function formatModel(model: CircuitModelReport, { reference }: CircuitsReport): string {
  const compared = 'version' in reference;
  const traced = compared && reference.circuitTracer !== null;
  const head = [
    ...HEAD,
    ...GRAPH_HEAD,
    ...(compared ? AUTOGRAD_HEAD : []),
    ...(traced ? TRACER_HEAD : []),
  ];
  const rows = model.rows.map((row) => [
    ...cells(row),
    ...(compared ? theirCells(row.autograd, row) : []),
    ...(traced ? theirCells(tracerOf(model, row), row) : []),
  ]);
  const numbers = head.flatMap((_, column) => (column === 1 ? [] : [column]));
  const { layers, dModel, sources } = model.shape;
  return [
    `${model.id}: ${layers} layers, d_model ${dModel}, ${sources.length} dictionaries, ` +
      `${model.active.toFixed(1)} active, weights ${gigabytes(model.weightBytes)}`,
    table(head, rows, numbers),
  ].join('\n');
}

/** It knows one mode only. */
function tracerOf({ rows }: CircuitModelReport, { tokens }: CircuitRow) {
  return rows.find((row) => row.tokens === tokens && row.circuitTracer)?.circuitTracer;
}

function cells({ tokens, mode, loupe, best, memory }: CircuitRow): Cell[] {
  const { model, encode, trace, finish } = best.phases;
  return [
    tokens,
    mode,
    milliseconds(loupe.median),
    milliseconds(best.whole),
    [model, encode, trace, finish].map(milliseconds).join(', '),
    best.features,
    best.edges,
    gigabytes(memory.process),
    best.quality.exactness.toExponential(1),
  ];
}

function theirCells(theirs: CircuitRow['autograd'], { best }: CircuitRow): Cell[] {
  if (!theirs) return ['', '', ''];
  return [
    milliseconds(theirs.ms),
    (theirs.ms / best.whole).toFixed(1),
    theirs.peak === 0 ? '' : gigabytes(theirs.peak),
  ];
}

function milliseconds(value: number): string {
  return value.toFixed(value < 10 ? 1 : 0);
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(2)} GB`;
}
