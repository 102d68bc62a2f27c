import { type HTMLAttributes, useId } from 'react';

interface GridFocusProps extends HTMLAttributes<HTMLDivElement> {
  /** What the grid shows. */
  label: string;
  rows: number;
  columns: number;
  /** The current cell, from the top left. */
  row: number;
  column: number;
  /** The current cell in words: where it is and its values. */
  words: string;
}

/**
 * Gives a picture of cells, as on a canvas, one place in the tab order and a text equivalent: a grid
 * of which only the current cell exists for assistive technology. Arrow keys are the owner's to handle.
 */
export function GridFocus(props: GridFocusProps) {
  const { label, rows, columns, row, column, words, children, ...rest } = props;
  const id = useId();
  return (
    // biome-ignore lint/a11y/useSemanticElements: a table element would need all of its cells
    <div
      {...rest}
      role="grid"
      tabIndex={0}
      aria-label={label}
      aria-rowcount={rows}
      aria-colcount={columns}
      aria-activedescendant={id}
    >
      {/* biome-ignore lint/a11y: the grid itself takes the focus and names the active cell */}
      <div role="row" aria-rowindex={row + 1} className="hidden-text">
        {/* biome-ignore lint/a11y: see above */}
        <div id={id} role="gridcell" aria-colindex={column + 1} aria-selected="true">
          {words}
        </div>
      </div>
      {children}
    </div>
  );
}
