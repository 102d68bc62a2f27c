import { useCircuit } from './store.ts';

/** Takes back the last thing that is under way on the Circuit page; does nothing when there is none. */
export function stepBackInCircuit(): void {
  const { job, cancel, marked, clearMarks, choose } = useCircuit.getState();
  if (job?.status === 'running') cancel();
  else if (marked.length > 0) clearMarks();
  else choose(undefined);
}
