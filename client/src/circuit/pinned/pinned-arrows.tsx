import { FIGURE_COLOURS } from '@loupe/shared';
import { type CSSProperties, useMemo } from 'react';
import { face, SANS } from '../../charts/faces.ts';
import { textWidth } from '../../charts/text-width.ts';
import { useTheme } from '../../theme/theme.ts';
import { significant } from '../numbers.ts';
import { arrowPath, type PlacedBox } from './arrow-path.ts';
import type { DrawnCircuit } from './drawn-boxes.ts';
import { weightPlaces } from './weight-places.ts';

/** Widths of the weakest and of the strongest arrow. */
const WIDTHS = [0.8, 5] as const;

interface PinnedArrowsProps {
  circuit: DrawnCircuit;
  boxes: readonly PlacedBox[];
  /** True for the box under the pointer or with the focus. */
  isNear: (box: number) => boolean;
}

/** The arrows of a pinned circuit, as wide as they are strong, each with its weight. */
export function PinnedArrows({ circuit, boxes, isNear }: PinnedArrowsProps) {
  const { arrows } = circuit;
  const { negative } = FIGURE_COLOURS[useTheme((state) => state.scheme)];
  const places = useMemo(
    () => weightPlaces(arrows, boxes, textWidth(face(10, SANS))),
    [arrows, boxes],
  );
  const strongest = Math.max(...arrows.map(({ weight }) => Math.abs(weight)), 1e-12);
  return (
    // biome-ignore lint/a11y/noAriaHiddenOnFocusable: nothing in it takes the focus; boxes tell their effects
    <g aria-hidden="true" style={{ '--negative': negative } as CSSProperties}>
      {arrows.map(({ source, target, weight }, arrow) => {
        const from = boxes[source];
        const to = boxes[target];
        if (!from || !to) return null;
        const place = places[arrow];
        const width = WIDTHS[0] + ((WIDTHS[1] - WIDTHS[0]) * Math.abs(weight)) / strongest;
        return (
          <g
            key={`${circuit.boxes[source]?.box.id} ${circuit.boxes[target]?.box.id}`}
            className="pinned-arrow"
            data-negative={weight < 0 || undefined}
            data-near={isNear(source) || isNear(target) || undefined}
          >
            <path d={arrowPath(from, to)} strokeWidth={width} />
            {place && (
              <text x={place[0]} y={place[1]} dy="0.32em" textAnchor="middle">
                {significant(weight)}
              </text>
            )}
          </g>
        );
      })}
    </g>
  );
}
