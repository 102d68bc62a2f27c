import { formatNumber } from '@loupe/shared';
import type { ReactNode } from 'react';
import { extentOf, SignedBar } from '../../charts/signed-bar.tsx';
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
  const extent = extentOf(parts.map(({ weight }) => weight));
  const rest = parts.slice(SHOWN);
  return (
    <div className="part-bars">
      <h3 className="heading">{title}</h3>
      <ol>
        {parts.slice(0, SHOWN).map(({ key, weight }) => {
          return (
            <li key={key}>
              <span className="mono part-name">{name(key)}</span>
              <SignedBar value={weight} extent={extent} colour="var(--attention)" />
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
