import { formatNumber, NODE_MARKS } from '@loupe/shared';
import { KindMark } from '../../charts/kind-mark.tsx';
import { barOf, type Extent } from '../../charts/signed-bar.tsx';
import { type DifferenceScale, differenceColour } from './difference-colours.ts';
import { type Difference, sizeOf } from './differences.ts';

interface DifferenceRowProps {
  difference: Difference;
  extent: Extent;
  scale: DifferenceScale;
}

function Missing() {
  return <span title="not in this graph: inactive, or beyond its bound of nodes">–</span>;
}

/** The cells of one difference: what it is, both values, and how far apart they are, as a bar and a number. */
export function DifferenceRow({ difference, extent, scale }: DifferenceRowProps) {
  const { name, where, kind, inFirst, inSecond, first, second, alike } = difference;
  const by = alike ? second - first : 0;
  const { zero, left, width } = barOf(by, extent);
  const most = Math.max(extent.negative, extent.positive) || 1;
  const share = alike ? (Math.sign(by) * sizeOf(difference)) / most : 0;
  return (
    <>
      {/* biome-ignore lint/a11y: cells of a grid whose rows take the focus */}
      <div role="gridcell" className="connection-name" title={`${name} at ${where}`}>
        <KindMark kind={NODE_MARKS[kind]} />
        <span className="mono">{name}</span>
        <span className="connection-where mono">{where}</span>
      </div>
      {/* biome-ignore lint/a11y: see above */}
      <div role="gridcell" className="connection-weight">
        {inFirst ? formatNumber(first) : <Missing />}
      </div>
      {/* biome-ignore lint/a11y: see above */}
      <div role="gridcell" className="connection-weight">
        {inSecond ? formatNumber(second) : <Missing />}
      </div>
      <div className="connection-bar" aria-hidden="true">
        <span className="connection-zero" style={{ left: `${zero}%` }} />
        <span
          className="connection-effect"
          style={{
            left: `${left}%`,
            width: `${width}%`,
            background: differenceColour(scale, share),
          }}
        />
      </div>
      {/* biome-ignore lint/a11y: see above */}
      <div role="gridcell" className="connection-weight">
        {alike ? (
          `${by > 0 ? '+' : ''}${formatNumber(by)}`
        ) : (
          <span title="not explained in both graphs, or a logit in one and a difference of logits in the other">
            –
          </span>
        )}
      </div>
    </>
  );
}
