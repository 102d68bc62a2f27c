import { useCircuit } from '../../stores/circuit/store.ts';
import { useModelIsHere } from '../file/file-notices.tsx';
import { showSideTab } from '../side/side-tabs.ts';
import { isChangeable, nodeChange } from './changes.ts';
import { addChanges } from './store.ts';

/** Ablates the node and shows what comes of it. */
export function AblateButton({ node: index }: { node: number }) {
  const node = useCircuit((state) => state.graph?.nodes[index]);
  const isHere = useModelIsHere();
  if (!node || !isChangeable(node)) return null;
  return (
    <button
      type="button"
      className="button small"
      disabled={!isHere}
      onClick={() => {
        addChanges([nodeChange(node)]);
        showSideTab('intervene');
      }}
    >
      Ablate
    </button>
  );
}
