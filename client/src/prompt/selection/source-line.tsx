import { counted, describeConvention, formatExact } from '@loupe/shared';
import { KindMark } from '../../charts/kind-mark.tsx';
import type { Run } from '../../stores/prompt/run.ts';
import { sourceLabel } from '../tracks/map-rows.ts';
import { sourceStats } from '../tracks/source-stats.ts';
import type { ListItem } from './list-items.ts';

/** The heading of a group: a source, how many of its features are listed, how well it reconstructs. */
export function SourceLine(props: {
  run: Run;
  position: number;
  item: Extract<ListItem, { type: 'source' }>;
}) {
  const { run, position, item } = props;
  const source = run.sources[item.source];
  const activations = run.activations[item.source];
  if (!source || !activations) return null;
  const { error: errors, total } = activations.reconstruction;
  const error = errors[position];
  const active = sourceStats(activations).count[position] ?? 0;
  return (
    // biome-ignore lint/a11y: a heading among the rows, which takes no focus
    <div role="gridcell" className="source-line">
      <KindMark kind={source.kind} /> {sourceLabel(source)}
      <span>
        {counted(active, 'active feature')}
        {item.count < active && `, ${item.count} listed`}
        {error !== undefined && (
          <span title="How much of its output it misses on this token">
            {` · error ${formatExact(error)}`}
          </span>
        )}
        {total !== null && (
          <span title="Share of the variance of its output that it explains over the prompt">
            {` · explains ${formatExact(total)}`}
          </span>
        )}
        <span title="What the dictionary is given to read">
          {` · ${describeConvention(source.convention)}`}
        </span>
      </span>
    </div>
  );
}
