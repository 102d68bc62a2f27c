import { type AttributionGraph, FIGURE_COLOURS, MARK_WORDS, NODE_MARKS } from '@loupe/shared';
import { useMemo } from 'react';
import { KindMark } from '../../charts/kind-mark.tsx';
import { useTheme } from '../../theme/theme.ts';
import './graph-legend.css';

/** What marks and lines of the graph stand for: those that it has. */
export function GraphLegend({ graph }: { graph: AttributionGraph }) {
  const { positive, negative } = FIGURE_COLOURS[useTheme((state) => state.scheme)];
  const kinds = useMemo(
    () => new Set(graph.nodes.map(({ kind }) => NODE_MARKS[kind])),
    [graph.nodes],
  );
  return (
    <ul className="graph-legend" aria-label="Legend">
      {MARK_WORDS.filter(([kind]) => kinds.has(kind)).map(([kind, word]) => (
        <li key={kind}>
          <KindMark kind={kind} /> {word}
        </li>
      ))}
      <li>
        <Line colour={positive} /> raises
      </li>
      <li>
        <Line colour={negative} dashed /> lowers
      </li>
    </ul>
  );
}

function Line({ colour, dashed = false }: { colour: string; dashed?: boolean }) {
  return (
    <svg width={18} height={9} aria-hidden="true">
      <path
        d="M0 4.5h18"
        stroke={colour}
        strokeWidth={1.4}
        strokeDasharray={dashed ? '4 3' : undefined}
      />
    </svg>
  );
}
