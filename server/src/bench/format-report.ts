import type { Cell } from '../commands/table.ts';
import { table } from '../commands/table.ts';
import {
  type BenchReport,
  type BenchRow,
  MEASURES,
  type Measure,
  type ModelReport,
  type ProductRow,
  type ProfileRow,
} from './report.ts';
import type { StoreReport } from './stored-model.ts';
import type { Summary } from './summary.ts';

const NAMES: Record<Measure, string> = {
  forward: 'forward',
  encode: 'encode',
  endToEnd: 'end to end',
  firstBatch: 'first batch',
  append: 'append one token',
};

const HEAD = ['tokens', 'what', 'Loupe ms', 'middle half', 'share', 'GFLOP/s'];
/** What Loupe is held against, and the head of its column. */
type ComparedColumn = readonly ['pytorch' | 'pytorchWithError' | 'libraries', string];
const PYTORCH_COLUMNS: readonly ComparedColumn[] = [
  ['pytorch', 'PyTorch'],
  ['pytorchWithError', 'with error'],
];
const LIBRARY_COLUMNS: readonly ComparedColumn[] = [['libraries', 'libraries']];

/** The report as text for people. */
export function formatReport(report: BenchReport): string {
  const { machine, backend, pytorch } = report;
  const compared = 'version' in pytorch ? pytorch : undefined;
  const columns = [
    ...(compared ? PYTORCH_COLUMNS : []),
    ...(compared?.libraries ? LIBRARY_COLUMNS : []),
  ];
  const lines = [
    `Loupe ${report.loupe} on ${machine.cpu}, ${machine.cores} cores, Node ${machine.node}`,
    `backend: ${backend.name}, ${backend.version}, ${backend.device}, ${backend.threads} threads`,
    compared
      ? `beside PyTorch ${compared.version}, ${compared.device}, ${compared.threads} threads, runs in turn`
      : `no PyTorch beside it: ${'reason' in pytorch ? pytorch.reason : ''}`,
    ...(compared?.libraries ? [`and ${compared.libraries}, as their users call them`] : []),
    `medians of ${report.repeats}; load of the machine when it began ${machine.load.toFixed(1)}` +
      (machine.load > machine.cores * BUSY ? ': too busy for times to mean much' : ''),
    ...report.models.flatMap((model) => ['', formatModel(model, columns)]),
  ];
  if (compared) lines.push('', LEGEND);
  return lines.join('\n');
}

/** Load per core from which other work disturbs the times; PyTorch's threads, which wait in step, most. */
const BUSY = 0.5;

const LEGEND =
  'ratio: Loupe / PyTorch. Loupe always gives reconstruction errors. PyTorch gives features only, then\n' +
  'in the columns "with error" also reconstructs, with the dense product that is usual there.';

function formatModel(model: ModelReport, columns: readonly ComparedColumn[]): string {
  const { shape, memory, weightBytes, store } = model;
  const head = [...HEAD, ...columns.flatMap(([, name]) => [`${name} ms`, 'ratio'])];
  const rows = [...model.rows].sort(
    (a, b) => a.tokens - b.tokens || MEASURES.indexOf(a.measure) - MEASURES.indexOf(b.measure),
  );
  const numbers = head.flatMap((_, column) => (column === 1 ? [] : [column]));
  return [
    `${model.id}: ${shape.layers} layers, d_model ${shape.dModel}, vocabulary ${shape.vocabulary}, ` +
      `${widths(model)}, ${model.active.toFixed(1)} active`,
    table(
      head,
      rows.map((row) => [...cells(row), ...comparedCells(row, columns)]),
      numbers,
    ),
    `memory: weights ${gigabytes(weightBytes)}, held ${gigabytes(memory.held)} ` +
      `(${ratio(memory.held, weightBytes)} ×), peak ${gigabytes(memory.peak)} ` +
      `(${ratio(memory.peak, weightBytes)} ×), the process at most ${gigabytes(memory.process)}`,
    ...(store ? formatStore(store) : []),
    ...model.products.map((product) => formatProduct(product, model)),
    ...model.profiles.map(formatProfile),
  ].join('\n');
}

function formatStore({ bytes, reading, loading, note }: StoreReport): string[] {
  const seconds = (time: number) => `${(time / 1000).toFixed(2)} s`;
  return [
    `store: ${gigabytes(bytes)} of files, plain reading ${seconds(reading)}, ` +
      `loading ${seconds(loading)} (${ratio(loading, reading)} ×)`,
    ...(note === undefined ? [] : [note]),
  ];
}

function cells({ tokens, measure, loupe, share, gigaflops }: BenchRow): Cell[] {
  return [
    tokens,
    NAMES[measure],
    milliseconds(loupe.median),
    spread(loupe),
    share === undefined ? '' : `${(100 * share).toFixed(0)} %`,
    gigaflops?.toFixed(0) ?? '',
  ];
}

function comparedCells(row: BenchRow, columns: readonly ComparedColumn[]): Cell[] {
  return columns.flatMap(([column]) => {
    const theirs = row[column];
    return theirs
      ? [milliseconds(theirs.median), ratio(row.loupe.median, theirs.median)]
      : ['', ''];
  });
}

/** Ops below this share of the whole are added up in one line. */
const SMALLEST_SHARE = 0.01;

function formatProfile({ tokens, measure, milliseconds: whole, rows }: ProfileRow): string {
  const large = rows.filter((row) => row.milliseconds >= SMALLEST_SHARE * whole);
  const sum = (some: ProfileRow['rows']) =>
    some.reduce((total, row) => total + row.milliseconds, 0);
  const small = rows.filter((row) => !large.includes(row));
  const line = (calls: number | string, what: string, shape: string, time: number): Cell[] => [
    milliseconds(time),
    `${((100 * time) / whole).toFixed(0)} %`,
    calls,
    what,
    shape,
  ];
  const others = small.reduce((calls, row) => calls + row.calls, 0);
  return [
    '',
    `profile of ${NAMES[measure]}, ${tokens} tokens: ${milliseconds(whole)} ms`,
    table(
      ['ms', 'share', 'calls', 'op', 'shape of result'],
      [
        ...large.map((row) => line(row.calls, row.op, row.shape, row.milliseconds)),
        line(others, 'other ops', '', sum(small)),
        line('', 'JavaScript', '', whole - sum(rows)),
      ],
      [0, 1, 2],
    ),
  ].join('\n');
}

function widths({ shape: { sources } }: ModelReport): string {
  const distinct = [...new Set(sources.map(({ width }) => width))];
  return `${sources.length} dictionaries of ${distinct.join(', ')} features`;
}

function formatProduct({ rows, time, gigaflops, gigabytes }: ProductRow, model: ModelReport) {
  const { dIn, width } = model.shape.sources[0] as ModelReport['shape']['sources'][number];
  return (
    `product alone, [${rows}, ${dIn}] × [${dIn}, ${width}]: ${milliseconds(time.median)} ms, ` +
    `${gigaflops.toFixed(0)} GFLOP/s, ${gigabytes.toFixed(0)} GB/s of matrix read`
  );
}

function spread({ low, high }: Summary): string {
  return `${milliseconds(low)} to ${milliseconds(high)}`;
}

/** Three significant digits, no exponent. */
function milliseconds(value: number): string {
  return value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0);
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(bytes < 1e9 ? 3 : 2)} GB`;
}

function ratio(a: number, b: number): string {
  return (a / b).toFixed(2);
}
