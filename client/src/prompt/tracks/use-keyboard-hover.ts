import { type FocusEvent, useEffect, useState } from 'react';
import type { OnHover, StaveName } from './hover.ts';

/** Explains the current cell of a grid for as long as the keyboard is on it. */
export function useKeyboardHover(
  stave: StaveName,
  position: number,
  row: number,
  onHover: OnHover,
): { onFocus: (event: FocusEvent) => void; onBlur: () => void } {
  const [here, setHere] = useState(false);
  useEffect(() => {
    if (here) onHover({ stave, position, row, by: 'keyboard' });
  }, [here, stave, position, row, onHover]);
  return {
    onFocus: (event) => setHere(event.currentTarget.matches(':focus-visible')),
    onBlur: () => {
      setHere(false);
      onHover(null);
    },
  };
}
