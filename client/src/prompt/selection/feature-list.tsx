import { defaultRangeExtractor, type Range, useVirtualizer } from '@tanstack/react-virtual';
import {
  type CSSProperties,
  type KeyboardEvent,
  useCallback,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import { useWidth } from '../../charts/use-width.ts';
import type { Run } from '../../stores/prompt/run.ts';
import { usePrompt } from '../../stores/prompt/store.ts';
import { FeatureRow } from './feature-row.tsx';
import { FEATURE_LIST } from './focus-list.ts';
import type { ListItem } from './list-items.ts';
import { NothingListed } from './nothing-listed.tsx';
import type { RankedFeature } from './ranking.ts';
import { SourceLine } from './source-line.tsx';
import './feature-list.css';

interface FeatureListProps {
  run: Run;
  position: number;
  rows: readonly RankedFeature[];
  items: readonly ListItem[];
  /** Number of active features before filtering. */
  active: number;
}

/** Height of a row in CSS pixels. */
const ROW = 27;
/** Width from which there is room for all columns at their best. */
const WIDE = 500;
/** Width below which the bars make way. */
const TIGHT = 400;
/** Rows that PageUp and PageDown move by. */
const PAGE = 10;
const COLUMNS = ['feature', 'activation', 'course', 'promotes', 'pinned'] as const;

function currentRow(item: ListItem | undefined): RankedFeature | undefined {
  return item?.type === 'feature' ? item.row : undefined;
}

/** The features of the selected token; only the rows in view exist. Arrows walk it, P pins. */
export function FeatureList({ run, position, rows, items, active }: FeatureListProps) {
  const [scroller, width] = useWidth<HTMLDivElement>();
  const hover = usePrompt((state) => state.hover);
  const togglePin = usePrompt((state) => state.togglePin);
  const requestFeatures = usePrompt((state) => state.requestFeatures);
  const pinned = usePrompt((state) => state.pinned);
  const hovered = usePrompt((state) => state.hovered);
  const [cursor, setCursor] = useState(0);
  const within = useRef(false);

  const places = useMemo(
    () => items.flatMap((item, place) => (item.type === 'feature' ? [place] : [])),
    [items],
  );
  const current = Math.min(cursor, rows.length - 1);
  const currentPlace = places[current] ?? -1;

  const virtual = useVirtualizer({
    count: items.length,
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
  const lines = virtual.getVirtualItems();

  // A list of another token begins at its top, unless the reader walks tokens from within it.
  // biome-ignore lint/correctness/useExhaustiveDependencies: only another token resets
  useLayoutEffect(() => {
    if (within.current) return;
    setCursor(0);
    if (scroller.current?.scrollTop) virtual.scrollToOffset(0);
  }, [position, run.prompt]);

  const first = lines[0]?.index ?? 0;
  const last = lines.at(-1)?.index ?? -1;
  useEffect(() => {
    const ids: string[] = [];
    for (let place = first; place <= last; place++) {
      const item = items[place];
      if (item?.type === 'feature') ids.push(item.row.id);
    }
    if (ids.length > 0) requestFeatures(ids);
  }, [items, first, last, requestFeatures]);
  useEffect(() => () => hover(null), [hover]);
  // As tokens are walked from within the list, another feature comes to stand where the focus is.
  const currentId = rows.length > 0 ? currentRow(items[currentPlace])?.id : undefined;
  useEffect(() => {
    if (within.current && currentId !== undefined) hover(currentId);
  }, [currentId, hover]);

  function moveTo(next: number): void {
    const to = Math.max(0, Math.min(next, rows.length - 1));
    setCursor(to);
    virtual.scrollToIndex(places[to] ?? 0);
    requestAnimationFrame(() => {
      scroller.current?.querySelector<HTMLElement>(`[data-row="${to}"]`)?.focus();
    });
  }

  function onKeyDown(event: KeyboardEvent): void {
    if (event.target instanceof HTMLButtonElement) return;
    const moves: Record<string, number> = {
      ArrowDown: current + 1,
      ArrowUp: current - 1,
      PageDown: current + PAGE,
      PageUp: current - PAGE,
      Home: 0,
      End: rows.length - 1,
    };
    const to = moves[event.key];
    if (to !== undefined) moveTo(to);
    else if ((event.key === 'Enter' || event.key === ' ') && currentId !== undefined) {
      togglePin(currentId);
    } else return;
    event.preventDefault();
  }

  const most = rows.reduce((greatest, row) => Math.max(greatest, row.activation), 0);
  const wide = width >= WIDE;
  const tight = width < TIGHT;
  const sparkWidth = wide ? 104 : tight ? 48 : 72;
  return (
    <div
      className="feature-list"
      style={{ '--spark': `${sparkWidth}px` } as CSSProperties}
      data-narrow={!wide || undefined}
      data-tight={tight || undefined}
      data-empty={items.length === 0 || undefined}
    >
      {/* biome-ignore lint/a11y/useSemanticElements: a table element cannot leave out the rows not in view */}
      <div
        role="grid"
        aria-label="Features of the selected token"
        aria-rowcount={items.length + 1}
        className="feature-grid"
        {...{ [FEATURE_LIST]: '' }}
        onFocus={() => {
          within.current = true;
        }}
        onBlur={(event) => {
          if (!event.currentTarget.contains(event.relatedTarget)) within.current = false;
        }}
      >
        {/* biome-ignore lint/a11y: the row of headings takes no focus */}
        <div role="row" aria-rowindex={1} className="feature-heads">
          {COLUMNS.map((column) => (
            // biome-ignore lint/a11y: see above
            <div key={column} role="columnheader" data-column={column}>
              {column === 'course' ? (
                <span title="activation along the prompt">
                  {wide ? 'along the prompt' : 'in prompt'}
                </span>
              ) : (
                <span className={column === 'pinned' ? 'hidden-text' : undefined}>{column}</span>
              )}
            </div>
          ))}
        </div>
        {/* biome-ignore lint/a11y: rows take the focus; the pointer's way out ends a preview */}
        <div
          ref={scroller}
          role="rowgroup"
          className="feature-scroll"
          onKeyDown={onKeyDown}
          onPointerLeave={() => hover(null)}
        >
          <div
            role="presentation"
            style={{ height: virtual.getTotalSize() }}
            className="feature-rows"
          >
            {lines.map(({ index: place, start }) => {
              const item = items[place];
              if (!item) return null;
              if (item.type === 'source') {
                return (
                  <SourceLine
                    key={place}
                    run={run}
                    position={position}
                    item={item}
                    top={start}
                    height={ROW}
                  />
                );
              }
              const { row, index } = item;
              return (
                // biome-ignore lint/a11y: a row of a grid that takes the focus
                <div
                  key={place}
                  role="row"
                  tabIndex={index === current ? 0 : -1}
                  aria-rowindex={place + 2}
                  aria-selected={pinned.includes(row.id)}
                  data-row={index}
                  data-hovered={hovered === row.id || undefined}
                  className="feature-row"
                  style={{ transform: `translateY(${start}px)`, height: ROW }}
                  onPointerEnter={() => hover(row.id)}
                  onFocus={() => {
                    setCursor(index);
                    hover(row.id);
                  }}
                  onBlur={() => hover(null)}
                >
                  <FeatureRow
                    run={run}
                    row={row}
                    position={position}
                    most={most}
                    sparkWidth={sparkWidth}
                    tabIndex={index === current ? 0 : -1}
                  />
                </div>
              );
            })}
          </div>
        </div>
      </div>
      {/* Beside the grid, which may hold nothing but rows. */}
      {items.length === 0 && <NothingListed run={run} active={active} />}
    </div>
  );
}
