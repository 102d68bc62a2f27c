import { useCircuit } from '../../stores/circuit/store.ts';
import { Icon } from '../../ui/icon.tsx';
import { COMMAND_KEY } from '../../ui/keys.ts';
import { Tooltip } from '../../ui/tooltip.tsx';

/** Takes back what was done to the view, and does it again. */
export function HistoryButtons() {
  const { undo, redo } = useCircuit.getState();
  const canUndo = useCircuit((state) => state.past.length > 0);
  const canRedo = useCircuit((state) => state.future.length > 0);
  return (
    <span className="history-buttons">
      <Tooltip content={`Undo (${COMMAND_KEY} Z)`}>
        <button
          type="button"
          className="icon-button"
          aria-label="Undo"
          aria-disabled={!canUndo}
          onClick={undo}
        >
          <Icon name="undo" />
        </button>
      </Tooltip>
      <Tooltip content={`Redo (${COMMAND_KEY} Shift Z)`}>
        <button
          type="button"
          className="icon-button"
          aria-label="Redo"
          aria-disabled={!canRedo}
          onClick={redo}
        >
          <Icon name="redo" />
        </button>
      </Tooltip>
    </span>
  );
}
