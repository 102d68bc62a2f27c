import { defaultRangeExtractor, type Range, useVirtualizer } from '@tanstack/react-virtual';
import {
  type KeyboardEvent,
  type ReactNode,
  useCallback,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import './virtual-grid.css';

/** Rows that PageUp and PageDown move by. */
const PAGE = 10;

/** A row of a grid: a heading, which is passed over, or what the focus can be on. */
export interface VirtualRow {
  key: string;
  /** Id of what it stands for, which the grid hands out; undefined for headings and where there is none. */
  id: string | undefined;
  heading?: boolean;
  /** Shown dimmed. */
  faint?: boolean;
  /** The cells; `current` for the one row that the focus is on or would come to. */
  cells: (current: boolean) => ReactNode;
}

export interface VirtualGridProps {
  /** For assistive technology. */
  label: string;
  className?: string;
  rows: readonly VirtualRow[];
  /** Height of a row in CSS pixels. */
  rowHeight: number;
  /** A row of column headings above, which stays in sight. */
  heads?: ReactNode;
  /** Ids of rows that are shown as selected, and the one that is pointed at, here or elsewhere. */
  selected: ReadonlySet<string>;
  hovered: string | null;
  /** Id of the row that is open beside the grid, if any. */
  opened?: string | null;
  /** Another value begins at the top again. */
  subject: unknown;
  /** As `subject` changes: whether a reader within the grid stays in the row, or begins anew with it. */
  staysWithin?: boolean;
  /** Told where the focus was in the grid and another subject has nothing in it. */
  onEmpty?: () => void;
  onHover: (id: string | null) => void;
  /** Enter, or a click. */
  onOpen: (id: string) => void;
  /** Other keys on the current row; gives true for those that it has taken. */
  onKey?: (key: string, id: string) => boolean;
  /** The rows that exist, as those in view change. */
  onView?: (rows: readonly VirtualRow[]) => void;
}

/**
 * Rows with headings between, of which only those in view exist. Arrows walk it, Enter opens the row,
 * and the row that has the focus is the one pointed at.
 */
export function VirtualGrid(props: VirtualGridProps) {
  const {
    label,
    className = '',
    rows,
    rowHeight,
    heads,
    selected,
    hovered,
    opened,
    subject,
  } = props;
  const { staysWithin = false, onEmpty, onHover, onOpen, onKey, onView } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const within = useRef(false);
  const [cursor, setCursor] = useState(0);
  /** Places of the rows that the focus can be on. */
  const places = useMemo(() => rows.flatMap((row, place) => (row.heading ? [] : [place])), [rows]);
  const current = Math.max(0, Math.min(cursor, places.length - 1));
  const currentPlace = places[current] ?? -1;
  const currentId = rows[currentPlace]?.id;

  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 6,
    // The current row stays in the page wherever it is, so that it can keep the focus.
    rangeExtractor: useCallback(
      (range: Range) => {
        const shown = defaultRangeExtractor(range);
        if (currentPlace < 0 || shown.includes(currentPlace)) return shown;
        return [...shown, currentPlace].sort((a, b) => a - b);
      },
      [currentPlace],
    ),
  });
  const lines = virtual.getVirtualItems();

  // biome-ignore lint/correctness/useExhaustiveDependencies: only another subject resets
  useLayoutEffect(() => {
    if (within.current && staysWithin) return;
    setCursor(0);
    if (scroller.current?.scrollTop) virtual.scrollToOffset(0);
    if (!within.current) return;
    requestAnimationFrame(() => (places.length > 0 ? focusPlace(places[0]) : onEmpty?.()));
  }, [subject]);

  const first = lines[0]?.index ?? 0;
  const last = lines.at(-1)?.index ?? -1;
  useEffect(() => {
    if (last >= first) onView?.(rows.slice(first, last + 1));
  }, [rows, first, last, onView]);
  useEffect(() => () => onHover(null), [onHover]);
  // Something else may come to stand in the row that has the focus.
  useEffect(() => {
    if (within.current && currentId !== undefined) onHover(currentId);
  }, [currentId, onHover]);

  function focusPlace(place = -1): void {
    scroller.current?.querySelector<HTMLElement>(`[data-place="${place}"]`)?.focus();
  }

  function moveTo(next: number): void {
    const to = Math.max(0, Math.min(next, places.length - 1));
    const place = places[to] ?? 0;
    setCursor(to);
    // The first row brings its heading into sight too.
    virtual.scrollToIndex(to === 0 ? 0 : place);
    requestAnimationFrame(() => focusPlace(place));
  }

  function onKeyDown(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target instanceof HTMLButtonElement) return;
    const moves: Record<string, number> = {
      ArrowDown: current + 1,
      ArrowUp: current - 1,
      PageDown: current + PAGE,
      PageUp: current - PAGE,
      Home: 0,
      End: places.length - 1,
    };
    const to = moves[event.key];
    if (to !== undefined) moveTo(to);
    else if (currentId === undefined) return;
    else if (event.key === 'Enter') onOpen(currentId);
    else if (!onKey?.(event.key, currentId)) return;
    event.preventDefault();
  }

  return (
    // biome-ignore lint/a11y/useSemanticElements: a table element cannot leave out the rows not in view
    <div
      role="grid"
      aria-label={label}
      aria-rowcount={rows.length + (heads ? 1 : 0)}
      className={`virtual-grid ${className}`}
      onFocus={() => {
        within.current = true;
      }}
      onBlur={({ currentTarget, target, relatedTarget }) => {
        // A row that goes away while it has the focus leaves the reader in the grid.
        queueMicrotask(() => {
          const left = relatedTarget ?? document.activeElement;
          if (target.isConnected && !currentTarget.contains(left)) within.current = false;
        });
      }}
    >
      {heads && (
        // biome-ignore lint/a11y: the row of headings takes no focus
        <div role="row" aria-rowindex={1} className="virtual-heads">
          {heads}
        </div>
      )}
      {/* biome-ignore lint/a11y: rows take the focus; the pointer's way out ends a preview */}
      <div
        ref={scroller}
        role="rowgroup"
        className="virtual-scroll"
        onKeyDown={onKeyDown}
        onPointerLeave={() => onHover(null)}
      >
        <div
          role="presentation"
          className="virtual-rows"
          style={{ height: virtual.getTotalSize() }}
        >
          {lines.map(({ index: place, start }) => {
            const row = rows[place];
            if (!row) return null;
            const { id } = row;
            const style = { transform: `translateY(${start}px)`, height: rowHeight };
            const rowIndex = place + (heads ? 2 : 1);
            if (row.heading) {
              return (
                // biome-ignore lint/a11y: a heading among rows takes no focus
                <div
                  key={row.key}
                  role="row"
                  aria-rowindex={rowIndex}
                  className="virtual-row virtual-heading"
                  style={style}
                >
                  {row.cells(false)}
                </div>
              );
            }
            return (
              // biome-ignore lint/a11y: a row of a grid that takes the focus
              <div
                key={row.key}
                role="row"
                tabIndex={place === currentPlace ? 0 : -1}
                aria-rowindex={rowIndex}
                aria-selected={id !== undefined && selected.has(id)}
                aria-current={(id !== undefined && id === opened) || undefined}
                data-place={place}
                data-hovered={(id !== undefined && hovered === id) || undefined}
                data-faint={row.faint || undefined}
                className="virtual-row"
                style={style}
                onPointerEnter={() => onHover(id ?? null)}
                onFocus={() => {
                  setCursor(places.indexOf(place));
                  onHover(id ?? null);
                }}
                onBlur={() => onHover(null)}
                onClick={(event) => {
                  // A button in a row has a purpose of its own.
                  if (event.target instanceof Element && event.target.closest('button')) return;
                  if (id !== undefined) onOpen(id);
                }}
              >
                {row.cells(place === currentPlace)}
              </div>
            );
          })}
        </div>
      </div>
    </div>
  );
}
