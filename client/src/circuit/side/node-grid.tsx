import { useCircuit } from '../../stores/circuit/store.ts';
import { VirtualGrid, type VirtualRow } from '../../ui/virtual-grid.tsx';

/** Height of a row in CSS pixels. */
const ROW = 23;

interface NodeGridProps {
  /** For assistive technology. */
  label: string;
  className: string;
  /** Their ids are those of nodes; without for nodes of another graph. */
  rows: readonly VirtualRow[];
  pinned: ReadonlySet<string>;
  /** Another value begins at the top again, with the focus where it was in the grid. */
  subject: unknown;
  /** Told where the focus was in the grid and another subject has nothing in it. */
  onEmpty?: () => void;
}

/** A list of nodes: the row that is pointed at is the hovered node of the page, Enter chooses it, P pins. */
export function NodeGrid(props: NodeGridProps) {
  const { label, className, rows, pinned, subject, onEmpty } = props;
  const { choose, hover, togglePin } = useCircuit.getState();
  const hovered = useCircuit((state) => state.hovered);
  return (
    <VirtualGrid
      label={label}
      className={`node-grid ${className}`}
      rows={rows}
      rowHeight={ROW}
      selected={pinned}
      hovered={hovered}
      subject={subject}
      {...(onEmpty && { onEmpty })}
      onHover={hover}
      onOpen={choose}
      onKey={(key, id) => {
        if (key.toLowerCase() !== 'p') return false;
        togglePin(id);
        return true;
      }}
    />
  );
}
