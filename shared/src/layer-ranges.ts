/** Layers with runs of them joined: `0–2, 5`. */
export function layerRanges(layers: readonly number[]): string {
  const runs: [from: number, to: number][] = [];
  for (const layer of [...layers].sort((a, b) => a - b)) {
    const last = runs.at(-1);
    if (last && layer <= last[1] + 1) last[1] = layer;
    else runs.push([layer, layer]);
  }
  return runs.map(([from, to]) => (from === to ? `${from}` : `${from}–${to}`)).join(', ');
}
