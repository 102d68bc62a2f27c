import type { SourceInfo, SourceKind } from '@loupe/shared';

/** One row of the map: a source, and where it stands. */
export interface MapRow {
  /** Index into the sources of the run. */
  source: number;
  kind: SourceKind;
  /** `L3 MLP`; with the set where two sources of one layer and kind would read the same. */
  label: string;
  /** Top edge and height in CSS pixels. */
  y: number;
  height: number;
}

export interface MapLayout {
  /** From top to bottom: last layer first, and within it what is computed last first. */
  rows: MapRow[];
  height: number;
}

const KIND_LABELS: Record<SourceKind, string> = {
  attention: 'attn',
  mlp: 'MLP',
  residual: 'resid',
};

/** A source named briefly: `L3 MLP`. */
export function sourceLabel(source: SourceInfo): string {
  return `L${source.layer} ${KIND_LABELS[source.kind]}`;
}

/** Height of a row: tall ones for a few sources, so that the number in a cell has air around it. */
function rowHeight(rows: number): number {
  if (rows <= 12) return 22;
  return rows <= 26 ? 18 : 15;
}

/** Space between two layers. */
const LAYER_GAP = 4;

/** Lays out the sources of a run as rows; `sources` is in the order of computation. */
export function mapLayout(sources: readonly SourceInfo[]): MapLayout {
  const height = rowHeight(sources.length);
  const twice = new Set<string>();
  const seen = new Set<string>();
  for (const source of sources) {
    const label = sourceLabel(source);
    if (seen.has(label)) twice.add(label);
    seen.add(label);
  }
  const order = sources.map((_, index) => index);
  const layerOf = (index: number) => (sources[index] as SourceInfo).layer;
  order.sort((a, b) => layerOf(b) - layerOf(a) || b - a);

  const rows: MapRow[] = [];
  let y = 0;
  for (const index of order) {
    const source = sources[index] as SourceInfo;
    const above = rows.at(-1);
    if (above && layerOf(above.source) !== source.layer) y += LAYER_GAP;
    const label = sourceLabel(source);
    rows.push({
      source: index,
      kind: source.kind,
      label: twice.has(label) ? `${label} ${source.set}` : label,
      y,
      height,
    });
    y += height;
  }
  return { rows, height: y };
}

/** Index of the row at `y`; undefined in the gaps and outside. */
export function rowAt(layout: MapLayout, y: number): number | undefined {
  const row = layout.rows.findIndex((each) => y >= each.y && y < each.y + each.height);
  return row < 0 ? undefined : row;
}
