import {
  type AttributionGraph,
  type ExportOptions,
  edgeRows,
  type NodeRow,
  nodeRows,
  tabledGraph,
} from '@loupe/shared';
import {
  Bool,
  type DataType,
  Float32,
  Float64,
  Int32,
  Table,
  tableToIPC,
  Utf8,
  vectorFromArray,
} from 'apache-arrow';

const NODE_TYPES: Record<keyof NodeRow, DataType> = {
  id: new Utf8(),
  kind: new Utf8(),
  layer: new Int32(),
  source: new Utf8(),
  feature: new Int32(),
  position: new Int32(),
  token: new Utf8(),
  activation: new Float64(),
  probability: new Float64(),
  influence: new Float64(),
  label: new Utf8(),
  pinned: new Bool(),
  group: new Utf8(),
};

/**
 * Nodes as an Arrow file, which `pyarrow.ipc.open_file` and `pandas.read_feather` open; what a node does
 * not have is null.
 */
export function nodesToArrow(graph: AttributionGraph, options: ExportOptions = {}): Buffer {
  return columns(nodeRows(tabledGraph(graph, options)), NODE_TYPES);
}

/** Edges as an Arrow file, as `nodesToArrow`. */
export function edgesToArrow(graph: AttributionGraph, options: ExportOptions = {}): Buffer {
  const types = { source: new Utf8(), target: new Utf8(), weight: new Float32() };
  return columns(edgeRows(tabledGraph(graph, options)), types);
}

function columns<Name extends string>(
  rows: readonly Record<Name, unknown>[],
  types: Record<Name, DataType>,
): Buffer {
  const vectors = Object.entries<DataType>(types).map(([name, type]) => {
    const values = rows.map((row) => row[name as Name]);
    return [name, vectorFromArray(values, type)];
  });
  return Buffer.from(tableToIPC(new Table(Object.fromEntries(vectors)), 'file'));
}
