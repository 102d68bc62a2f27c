import { type ActivationsResponse, formatCsv } from '@loupe/shared';
import type { Run } from './run.ts';

/** One active feature at one position. */
interface Entry {
  source: number;
  position: number;
  feature: number;
  activation: number;
}

/** Every activation that has arrived: by source, then by position, strongest first. */
export function* entries(run: Run): Generator<Entry> {
  for (const [source, active] of run.activations.entries()) {
    if (!active) continue;
    for (let position = 0; position < run.tokens.length; position++) {
      const end = active.offsets[position + 1] ?? 0;
      for (let i = active.offsets[position] ?? 0; i < end; i++) {
        const feature = active.feature[i] ?? 0;
        yield { source, position, feature, activation: active.activation[i] ?? 0 };
      }
    }
  }
}

// A float32 written as the shortest decimal that reads back to it: 1.92049, not 1.9204900264740….
function shortest(value: number): number {
  const digits = value.toPrecision(9);
  for (let precision = 6; precision < 9; precision++) {
    const candidate = Number(value.toPrecision(precision));
    if (Math.fround(candidate) === Math.fround(value)) return candidate;
  }
  return Number(digits);
}

/** The run as `POST /activations` answers it in JSON. */
export function runToJson(run: Run): ActivationsResponse {
  const columns: ActivationsResponse['activations'] = {
    source: [],
    position: [],
    feature: [],
    activation: [],
  };
  for (const entry of entries(run)) {
    columns.source.push(entry.source);
    columns.position.push(entry.position);
    columns.feature.push(entry.feature);
    columns.activation.push(shortest(entry.activation));
  }
  return {
    model: run.model,
    tokens: run.tokens,
    sources: run.sources.map(({ id, layer, hook, width, kind }) => ({
      id,
      layer,
      hook,
      width,
      kind,
    })),
    activations: columns,
    reconstruction: run.activations.flatMap((active) => (active ? [active.reconstruction] : [])),
    next: run.outcome?.next ?? [],
    surprisal: run.outcome?.surprisal ?? [],
    rows: columns.source.length,
    complete: run.status === 'complete',
  };
}

/** Every activation as a CSV table with a header line. */
export function runToCsv(run: Run): string {
  const rows = function* () {
    for (const { source, position, feature, activation } of entries(run)) {
      const { id, layer } = run.sources[source] ?? {};
      const token = run.tokens[position]?.text;
      yield [id, layer, position, token, feature, shortest(activation)];
    }
  };
  return formatCsv(['source', 'layer', 'position', 'token', 'feature', 'activation'], rows());
}
