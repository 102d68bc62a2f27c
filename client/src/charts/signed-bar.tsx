import './signed-bar.css';

/** How far the bars of one side reach: the largest effects either way, in absolute numbers. */
export interface Extent {
  negative: number;
  positive: number;
}

/** Where a bar stands in its column, in percent from the left: from zero to the value. */
export function barOf(
  value: number,
  { negative, positive }: Extent,
): { zero: number; left: number; width: number } {
  const whole = negative + positive || 1;
  const zero = (negative / whole) * 100;
  const width = (Math.abs(value) / whole) * 100;
  return { zero, left: value < 0 ? zero - width : zero, width };
}

/** How far values reach to both sides of zero. */
export function extentOf(values: readonly number[]): Extent {
  return {
    negative: Math.max(0, ...values.map((value) => -value)),
    positive: Math.max(0, ...values),
  };
}

/** A value as a bar about zero, decoration beside its number; `colour` is any CSS colour. */
export function SignedBar(props: { value: number; extent: Extent; colour: string }) {
  const { value, extent, colour } = props;
  const { zero, left, width } = barOf(value, extent);
  return (
    <span className="signed-bar" aria-hidden="true">
      <span className="signed-bar-zero" style={{ left: `${zero}%` }} />
      <span
        className="signed-bar-value"
        style={{ left: `${left}%`, width: `${width}%`, background: colour }}
      />
    </span>
  );
}
