import { formatCount } from '@loupe/shared';

/** A number of each layer, drawn as columns with the figures above, where layers differ. */
export function PerLayer({ name, values }: { name: string; values: readonly number[] }) {
  const most = Math.max(1, ...values);
  return (
    <div className="per-layer">
      <span className="heading">{name}</span>
      <ol>
        {values.map((value, layer) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a layer is its index
          <li key={layer} title={`layer ${layer}: ${formatCount(value)}`}>
            <span className="hidden-text">layer {layer}: </span>
            <span>{formatCount(value)}</span>
            <span className="per-layer-bar" style={{ height: `${(value / most) * 20}px` }} />
            <span aria-hidden="true" className="per-layer-index">
              {layer}
            </span>
          </li>
        ))}
      </ol>
    </div>
  );
}
