import type { MarkKind } from '@loupe/shared';
import { memo } from 'react';
import { type Points, sparklinePaths } from './sparkline.ts';

interface SparklineProps {
  points: Points;
  /** Number of positions of the prompt. */
  count: number;
  /** The position that is marked. */
  chosen: number;
  /** Value with the full height. */
  most: number;
  kind: MarkKind;
  width: number;
  height: number;
}

/** A value along the prompt in miniature, the chosen position marked. Decoration beside exact values. */
export const Sparkline = memo(function Sparkline(props: SparklineProps) {
  const { points, count, chosen, most, kind, width, height } = props;
  const paths = sparklinePaths(points, count, chosen, most, width, height);
  const colour = `var(--${kind})`;
  return (
    <svg className="sparkline" width={width} height={height + 1} aria-hidden="true">
      <rect
        x={paths.chosenX}
        width={paths.chosenWidth}
        height={height}
        fill="var(--accent-ground)"
      />
      <path d={paths.bars} fill={colour} opacity={0.5} />
      <path d={paths.chosen} fill={colour} />
      <path d={`M0 ${height + 0.5}H${width}`} stroke="var(--line)" />
    </svg>
  );
});
