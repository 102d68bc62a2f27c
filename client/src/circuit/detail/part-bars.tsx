import { formatNumber } from '@loupe/shared';
import type { ReactNode } from 'react';
import { barOf } from '../connections/connection-items.ts';
import type { Part } from './parts.ts';

/** Parts that are listed; the rest is told in one line. */
const SHOWN = 3;

interface PartBarsProps {
  title: ReactNode;
  parts: readonly Part[];
  name: (key: number) => ReactNode;
  /** What stands below. */
  children?: ReactNode;
}

/** What acts on a node, split one way, as bars about zero. */
export function PartBars({ title, parts, name, children }: PartBarsProps) {
  const extent = { negative: 0, positive: 0 };
  for (const { weight } of parts) {
    if (weight < 0) extent.negative = Math.max(extent.negative, -weight);
    else extent.positive = Math.max(extent.positive, weight);
  }
  const rest = parts.slice(SHOWN);
  return (
    <div className="part-bars">
      <h3 className="heading">{title}</h3>
      <ol>
        {parts.slice(0, SHOWN).map(({ key, weight }) => {
          const { zero, left, width } = barOf(weight, extent);
          return (
            <li key={key}>
              <span className="mono part-name">{name(key)}</span>
              <span className="connection-bar" aria-hidden="true">
                <span className="connection-zero" style={{ left: `${zero}%` }} />
                <span
                  className="connection-effect"
                  style={{ left: `${left}%`, width: `${width}%`, background: 'var(--attention)' }}
                />
              </span>
              <span className="connection-weight">{formatNumber(weight)}</span>
            </li>
          );
        })}
      </ol>
      {rest.length > 0 && (
        <p className="part-rest">
          {rest.length} others, {formatNumber(rest.reduce((sum, { weight }) => sum + weight, 0))}
        </p>
      )}
      {children}
    </div>
  );
}
