import { RAMP_STEPS, type Ramp } from './colour-scale.ts';
import './ramp-legend.css';

interface RampLegendProps {
  ramp: Ramp;
  /** The values at its ends, as they are written. */
  from: string;
  to: string;
  /** What stands before it: a kind's mark or a word. */
  children?: React.ReactNode;
}

/** A colour scale with its ends named. */
export function RampLegend({ ramp, from, to, children }: RampLegendProps) {
  const stops = [0, 1, 4, 9, 16, 25, 36, 49, RAMP_STEPS - 1].map((step) => {
    return `${ramp[step]} ${((step / (RAMP_STEPS - 1)) * 100).toFixed(1)}%`;
  });
  return (
    <span className="ramp-legend">
      {children}
      <span>{from}</span>
      <span
        className="ramp-legend-bar"
        style={{ background: `linear-gradient(to right, ${stops.join(', ')})` }}
      />
      <span>{to}</span>
    </span>
  );
}
