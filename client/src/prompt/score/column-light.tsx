import { columnWidth, columnX, type TokenAxis } from '../../charts/token-axis.ts';
import { GUTTER } from './score-layout.ts';

interface ColumnLightProps {
  axis: TokenAxis;
  selected: number;
  hovered: number | null;
  /** `under` is the light that staves stand on, `over` its edges, which opaque cells leave visible. */
  layer: 'under' | 'over';
}

/** The selected token as one column through all staves, and the one under the pointer more faintly. */
export function ColumnLight({ axis, selected, hovered, layer }: ColumnLightProps) {
  const columns = hovered === null || hovered === selected ? [selected] : [selected, hovered];
  return (
    <div
      className="column-lights"
      data-layer={layer}
      style={{ left: GUTTER, width: axis.viewport }}
    >
      {columns.map((position) => (
        <div
          key={position === selected ? 'selected' : 'hovered'}
          className="column-light"
          data-of={position === selected ? 'selected' : 'hovered'}
          style={{
            transform: `translateX(${columnX(axis, position)}px)`,
            width: Math.max(0, columnWidth(axis, position) - 1),
          }}
        />
      ))}
    </div>
  );
}
