import { useEffect, useState } from 'react';
import type { Run } from '../../stores/prompt/run.ts';
import type { Hover } from './hover.ts';

/**
 * The cell whose explanation was clicked to stay. It goes with Esc, when another token is selected and
 * when another prompt is shown.
 */
export function useKeptTooltip(
  selected: number,
  run: Run,
): [Hover | null, (hover: Hover | null) => void] {
  const [kept, setKept] = useState<Hover | null>(null);
  const shown = kept !== null;

  // biome-ignore lint/correctness/useExhaustiveDependencies: any other prompt
  useEffect(() => {
    setKept((now) => (now && now.position !== selected ? null : now));
  }, [selected, run.prompt]);

  useEffect(() => {
    if (!shown) return;
    function onKeyDown(event: KeyboardEvent): void {
      if (event.key !== 'Escape') return;
      event.preventDefault();
      setKept(null);
    }
    // Before the page's own keys, for which Esc would let go of the selected row.
    addEventListener('keydown', onKeyDown, { capture: true });
    return () => removeEventListener('keydown', onKeyDown, { capture: true });
  }, [shown]);

  return [kept, setKept];
}
