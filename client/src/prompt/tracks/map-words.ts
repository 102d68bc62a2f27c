import {
  counted,
  describeToken,
  formatActivation,
  formatExact,
  promptTokenLabel,
} from '@loupe/shared';
import type { Run } from '../../stores/prompt/run.ts';
import { sourceLabel } from './map-rows.ts';
import { sourceStats } from './source-stats.ts';
import { specialMask } from './special.ts';

/** A cell of the map in words, for screen readers. */
export function cellWords(run: Run, source: number, position: number): string {
  const info = run.sources[source];
  const token = run.tokens[position];
  if (!info || !token) return '';
  const where = `${sourceLabel(info)}, ${describeToken(token)}, position ${position}`;
  const activations = run.activations[source];
  if (!activations) return `${where}: not there yet`;
  const stats = sourceStats(activations);
  const parts = [counted(stats.count[position] ?? 0, 'active feature')];
  if ((stats.feature[position] ?? -1) >= 0) {
    parts.push(
      `strongest ${stats.feature[position]} with ${formatActivation(stats.strongest[position] ?? 0)}`,
    );
  }
  const error = activations.reconstruction.error[position];
  if (error !== undefined) parts.push(`reconstruction error ${formatExact(error)}`);
  return `${where}: ${parts.join(', ')}`;
}

/** One source of the map over the whole prompt. */
export interface SourceSummary {
  label: string;
  /** Mean number of active features on tokens that are not special; undefined until it has arrived. */
  meanActive: number | undefined;
  /** Where its strongest activation on such a token is. */
  strongest: { feature: number; activation: number; position: number; token: string } | undefined;
}

/** What the map shows at a glance, row by row, for those who do not see it. */
export function sourceSummary(run: Run, source: number): SourceSummary {
  const info = run.sources[source];
  const label = info ? sourceLabel(info) : '';
  const activations = run.activations[source];
  if (!activations) return { label, meanActive: undefined, strongest: undefined };
  const stats = sourceStats(activations);
  const special = specialMask(run.tokens);
  let total = 0;
  let tokens = 0;
  let best = -1;
  for (let t = 0; t < stats.count.length; t++) {
    if (special[t]) continue;
    tokens++;
    total += stats.count[t] as number;
    if (best < 0 || (stats.strongest[t] as number) > (stats.strongest[best] as number)) best = t;
  }
  const token = run.tokens[best];
  return {
    label,
    meanActive: tokens > 0 ? total / tokens : 0,
    strongest:
      token && (stats.feature[best] as number) >= 0
        ? {
            feature: stats.feature[best] as number,
            activation: stats.strongest[best] as number,
            position: best,
            token: promptTokenLabel(token),
          }
        : undefined,
  };
}
