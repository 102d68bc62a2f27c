import { useCircuit } from '../stores/circuit/store.ts';
import type { Key } from '../ui/keys.ts';

const GROUP = 'In a circuit';

/** Acts on the view of the graph, unless a window is open over it. */
const onView = (act: () => void) => () => {
  if (document.querySelector('[role="dialog"]') === null) act();
};

/** The keys of the Circuit page. */
export const CIRCUIT_KEYS: readonly Key[] = [
  {
    keys: ['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown'],
    what: 'Nearest node that way',
    group: GROUP,
  },
  { keys: ['[', ']'], what: 'Node of the row below, above', group: GROUP },
  { keys: ['Enter'], what: 'Choose the node', group: GROUP },
  { keys: ['p'], what: 'Pin or unpin the node', group: GROUP },
  { keys: [' '], what: 'Mark the node for a group', group: GROUP },
  { keys: ['+', '-', '0'], what: 'Larger, smaller, as at first', group: GROUP },
  {
    keys: ['z'],
    command: true,
    shift: false,
    what: 'Undo what was done to the view',
    group: GROUP,
    run: onView(() => useCircuit.getState().undo()),
    everywhere: true,
  },
  {
    keys: ['z'],
    command: true,
    shift: true,
    what: 'Do it again',
    group: GROUP,
    run: onView(() => useCircuit.getState().redo()),
    everywhere: true,
  },
];

/** Takes back the last thing that is under way on the Circuit page; does nothing when there is none. */
export function stepBackInCircuit(): void {
  const { job, cancel, marked, clearMarks, choose } = useCircuit.getState();
  if (job?.status === 'running') cancel();
  else if (marked.length > 0) clearMarks();
  else choose(undefined);
}
