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
import { useCircuit } from '../../stores/circuit/store.ts';
import './walked-grid.css';

/** Height of a row in CSS pixels. */
const ROW = 23;
/** Rows that PageUp and PageDown move by. */
const PAGE = 10;

/** A row of the grid: a heading, or what stands for a node. */
export interface GridRow {
  key: string;
  /** Id of the node that it stands for; undefined for headings and for nodes of another graph. */
  node: string | undefined;
  heading?: boolean;
  /** Shown dimmed. */
  faint?: boolean;
  cells: () => ReactNode;
}

interface WalkedGridProps {
  /** For assistive technology. */
  label: string;
  className: string;
  rows: readonly GridRow[];
  pinned: ReadonlySet<string>;
  /** Another value begins at the top again, with the focus where it was in the grid. */
  subject: unknown;
  /** Told where the focus was in the grid and another subject has nothing in it. */
  onEmpty?: () => void;
}

/**
 * A list of nodes with headings between; only the rows in view exist. Arrows walk it, Enter chooses
 * the node of the row, P pins it, and it is the hovered node of the page while it has the focus.
 */
export function WalkedGrid({ label, className, rows, pinned, subject, onEmpty }: WalkedGridProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const { choose, hover, togglePin } = useCircuit.getState();
  const hovered = useCircuit((state) => state.hovered);
  const [cursor, setCursor] = useState(0);
  /** Places of the rows that the focus can be on. */
  const places = useMemo(() => rows.flatMap((row, place) => (row.heading ? [] : [place])), [rows]);
  const current = Math.max(0, Math.min(cursor, places.length - 1));
  const currentPlace = places[current] ?? -1;

  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
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

  const within = useRef(false);
  // biome-ignore lint/correctness/useExhaustiveDependencies: only another subject resets
  useLayoutEffect(() => {
    setCursor(0);
    if (scroller.current?.scrollTop) virtual.scrollToOffset(0);
    if (!within.current) return;
    requestAnimationFrame(() => (places.length > 0 ? focusPlace(places[0]) : onEmpty?.()));
  }, [subject]);
  useEffect(() => () => hover(null), [hover]);

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
    const id = rows[currentPlace]?.node;
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
    else if (event.key === 'Enter' && id !== undefined) choose(id);
    else if (event.key.toLowerCase() === 'p' && id !== undefined) togglePin(id);
    else return;
    event.preventDefault();
  }

  return (
    // biome-ignore lint/a11y/useSemanticElements: a table element cannot leave out the rows not in view
    <div
      role="grid"
      aria-label={label}
      aria-rowcount={rows.length}
      className={`walked-grid ${className}`}
      onFocus={() => {
        within.current = true;
      }}
      onBlur={({ currentTarget, relatedTarget }) => {
        // A row that goes away while it has the focus leaves the reader in the grid.
        if (relatedTarget && !currentTarget.contains(relatedTarget)) within.current = false;
      }}
    >
      {/* biome-ignore lint/a11y: rows take the focus; the pointer's way out ends a preview */}
      <div
        ref={scroller}
        role="rowgroup"
        className="walked-scroll"
        onKeyDown={onKeyDown}
        onPointerLeave={() => hover(null)}
      >
        <div role="presentation" className="walked-rows" style={{ height: virtual.getTotalSize() }}>
          {virtual.getVirtualItems().map(({ index: place, start }) => {
            const row = rows[place];
            if (!row) return null;
            const { node: id } = row;
            const style = { transform: `translateY(${start}px)`, height: ROW };
            if (row.heading) {
              return (
                // biome-ignore lint/a11y: a heading among rows takes no focus
                <div
                  key={row.key}
                  role="row"
                  aria-rowindex={place + 1}
                  className="walked-row walked-heading"
                  style={style}
                >
                  {row.cells()}
                </div>
              );
            }
            return (
              // biome-ignore lint/a11y: a row of a grid that takes the focus
              <div
                key={row.key}
                role="row"
                tabIndex={place === currentPlace ? 0 : -1}
                aria-rowindex={place + 1}
                aria-selected={id !== undefined && pinned.has(id)}
                data-place={place}
                data-hovered={(id !== undefined && hovered === id) || undefined}
                data-faint={row.faint || undefined}
                className="walked-row"
                style={style}
                onPointerEnter={() => hover(id ?? null)}
                onFocus={() => {
                  setCursor(places.indexOf(place));
                  hover(id ?? null);
                }}
                onBlur={() => hover(null)}
                onClick={() => {
                  if (id !== undefined) choose(id);
                }}
              >
                {row.cells()}
              </div>
            );
          })}
        </div>
      </div>
    </div>
  );
}
