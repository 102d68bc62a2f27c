import { columnWidth, columnX, type TokenAxis } from '@loupe/shared';

interface ColumnLightProps {
  axis: TokenAxis;
  selected: number;
  hovered: number | null;
}

/** The selected token as one column of light that all tracks stand on; the one under the pointer, fainter. */
export function ColumnLight({ axis, selected, hovered }: ColumnLightProps) {
  return (
    <div className="column-lights" style={{ width: axis.viewport }}>
      <Columns axis={axis} selected={selected} hovered={hovered} />
    </div>
  );
}

/** The edges of the same columns over a grid, whose cells hide the light. */
export function ColumnEdges({ axis, selected, hovered }: ColumnLightProps) {
  return (
    <div className="column-edges">
      <Columns axis={axis} selected={selected} hovered={hovered} />
    </div>
  );
}

function Columns({ axis, selected, hovered }: ColumnLightProps) {
  const columns = hovered === null || hovered === selected ? [selected] : [selected, hovered];
  return columns.map((position) => (
    <div
      key={position === selected ? 'selected' : 'hovered'}
      className="column-light"
      data-of={position === selected ? 'selected' : 'hovered'}
      style={{
        transform: `translateX(${columnX(axis, position) - 1}px)`,
        width: columnWidth(axis, position) + 1,
      }}
    />
  ));
}
