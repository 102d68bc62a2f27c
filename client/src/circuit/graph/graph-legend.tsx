import { FIGURE_COLOURS, type LegendEntry, MARK_PATHS } from '@loupe/shared';
import { KindMark } from '../../charts/kind-mark.tsx';
import { useTheme } from '../../theme/theme.ts';
import './graph-legend.css';

/** What marks and lines of the graph stand for, and what is left out: the legend of its pictures. */
export function GraphLegend({ entries }: { entries: readonly LegendEntry[] }) {
  return (
    <ul className="graph-legend" aria-label="Legend">
      {entries.map((entry) => (
        <li key={entry.word}>
          <Sample entry={entry} /> {entry.word}
        </li>
      ))}
    </ul>
  );
}

function Sample({ entry }: { entry: LegendEntry }) {
  const { positive, negative } = FIGURE_COLOURS[useTheme((state) => state.scheme)];
  switch (entry.sample) {
    case 'mark':
      return <KindMark kind={entry.kind} />;
    case 'raises':
      return <Lines lines={[[0, 18, positive, 1.4]]} />;
    case 'lowers':
      return <Lines lines={[[0, 18, negative, 1.4]]} dashed />;
    case 'widths':
      return (
        <Lines
          lines={[
            [0, 8, positive, 0.7],
            [10, 18, positive, 3.2],
          ]}
        />
      );
    case 'sizes':
      return (
        <svg width={18} height={12} viewBox="0 0 18 12" aria-hidden="true">
          <path d={MARK_PATHS.mlp} fill="currentColor" transform="translate(0 3.5) scale(.5)" />
          <path d={MARK_PATHS.mlp} fill="currentColor" transform="translate(6.5 .5) scale(1.1)" />
        </svg>
      );
    case 'text':
      return <span className="mono">{entry.text}</span>;
    case 'none':
      return null;
  }
}

type SampleLine = [from: number, to: number, colour: string, width: number];

function Lines({ lines, dashed = false }: { lines: readonly SampleLine[]; dashed?: boolean }) {
  return (
    <svg width={18} height={9} aria-hidden="true">
      {lines.map(([from, to, colour, width]) => (
        <path
          key={from}
          d={`M${from} 4.5H${to}`}
          stroke={colour}
          strokeWidth={width}
          strokeDasharray={dashed ? '4 3' : undefined}
        />
      ))}
    </svg>
  );
}
