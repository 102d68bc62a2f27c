import { type CSSProperties, useCallback, useMemo } from 'react';
import { useWidth } from '../../charts/use-width.ts';
import type { Run } from '../../stores/prompt/run.ts';
import { usePrompt } from '../../stores/prompt/store.ts';
import { VirtualGrid, type VirtualRow } from '../../ui/virtual-grid.tsx';
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
const WIDE = 512;
/** Width below which the bars make way. */
const TIGHT = 412;
const COLUMNS = ['feature', 'activation', 'course', 'promotes', 'pinned'] as const;

function Heads({ wide }: { wide: boolean }) {
  return COLUMNS.map((column) => (
    // biome-ignore lint/a11y: the row of headings takes no focus
    <div key={column} role="columnheader" data-column={column}>
      {column === 'course' ? (
        <span title="activation along the prompt">{wide ? 'along the prompt' : 'in prompt'}</span>
      ) : (
        <span className={column === 'pinned' ? 'hidden-text' : undefined}>{column}</span>
      )}
    </div>
  ));
}

/** The features of the selected token. Arrows walk it, Enter or a click opens one, P pins. */
export function FeatureList({ run, position, rows, items, active }: FeatureListProps) {
  const [box, width] = useWidth<HTMLDivElement>();
  const hover = usePrompt((state) => state.hover);
  const openFeature = usePrompt((state) => state.openFeature);
  const togglePin = usePrompt((state) => state.togglePin);
  const requestFeatures = usePrompt((state) => state.requestFeatures);
  const pinned = usePrompt((state) => state.pinned);
  const hovered = usePrompt((state) => state.hovered);
  const opened = usePrompt((state) => state.opened);
  const wide = width >= WIDE;
  const tight = width < TIGHT;
  const sparkWidth = wide ? 104 : tight ? 48 : 72;

  const lines = useMemo(() => {
    const most = rows.reduce((greatest, row) => Math.max(greatest, row.activation), 0);
    return items.map((item, place): VirtualRow => {
      // By place: as tokens are walked from within the list, the focus stays where it is.
      const key = String(place);
      if (item.type === 'source') {
        const cells = () => <SourceLine run={run} position={position} item={item} />;
        return { key, id: undefined, heading: true, cells };
      }
      const cells = (current: boolean) => (
        <FeatureRow
          run={run}
          row={item.row}
          position={position}
          most={most}
          sparkWidth={sparkWidth}
          tabIndex={current ? 0 : -1}
        />
      );
      return { key, id: item.row.id, cells };
    });
  }, [run, position, rows, items, sparkWidth]);
  const onView = useCallback(
    (shown: readonly VirtualRow[]) => {
      const ids = shown.flatMap(({ id }) => id ?? []);
      if (ids.length > 0) requestFeatures(ids);
    },
    [requestFeatures],
  );
  const selected = useMemo(() => new Set(pinned), [pinned]);
  return (
    <div
      ref={box}
      className="feature-list"
      style={{ '--spark': `${sparkWidth}px` } as CSSProperties}
      data-narrow={!wide || undefined}
      data-tight={tight || undefined}
      data-empty={items.length === 0 || undefined}
      {...{ [FEATURE_LIST]: '' }}
    >
      <VirtualGrid
        label="Features of the selected token"
        rows={lines}
        rowHeight={ROW}
        heads={<Heads wide={wide} />}
        selected={selected}
        hovered={hovered}
        opened={opened}
        subject={`${position} ${run.prompt}`}
        staysWithin
        onHover={hover}
        onOpen={openFeature}
        onKey={(key, id) => {
          if (key !== ' ') return false;
          togglePin(id);
          return true;
        }}
        onView={onView}
      />
      {/* Beside the grid, which may hold nothing but rows. */}
      {items.length === 0 && <NothingListed run={run} active={active} />}
    </div>
  );
}
