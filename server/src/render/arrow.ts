import {
  type AttributionGraph,
  type ExportOptions,
  edgeRows,
  embeddedGraph,
  LoupeError,
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
  tableFromIPC,
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
  return columns(nodeRows(tabledGraph(graph, options)), NODE_TYPES, graph, options);
}

/** Edges as an Arrow file, as `nodesToArrow`. */
export function edgesToArrow(graph: AttributionGraph, options: ExportOptions = {}): Buffer {
  const types = { source: new Utf8(), target: new Utf8(), weight: new Float32() };
  return columns(edgeRows(tabledGraph(graph, options)), types, graph, options);
}

function columns<Name extends string>(
  rows: readonly Record<Name, unknown>[],
  types: Record<Name, DataType>,
  graph: AttributionGraph,
  options: ExportOptions,
): Buffer {
  const vectors = Object.entries<DataType>(types).map(([name, type]) => {
    const values = rows.map((row) => row[name as Name]);
    return [name, vectorFromArray(values, type)];
  });
  const table = new Table(Object.fromEntries(vectors));
  const json = embeddedGraph(graph, options);
  // Either table by itself says too little to open the graph by.
  if (json !== undefined) table.schema.metadata.set(GRAPH, json);
  return Buffer.from(tableToIPC(table, 'file'));
}

/** Key of the schema's metadata under which a table carries its graph. */
const GRAPH = 'loupe.graph';

/**
 * The graph that a table of Loupe's carries, as JSON.
 *
 * @throws LoupeError `LOUPE_BAD_GRAPH` if there is none
 */
export function graphOfArrow(file: Uint8Array): string {
  const json = tableFromIPC(file).schema.metadata.get(GRAPH);
  if (json !== undefined) return json;
  throw new LoupeError('LOUPE_BAD_GRAPH', 'This Arrow file carries no graph of Loupe.');
}
