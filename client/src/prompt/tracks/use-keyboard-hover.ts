import { type FocusEvent, useEffect, useState } from 'react';
import type { OnHover, TrackName } from './hover.ts';

/** Explains the current cell of a grid for as long as the keyboard is on it. */
export function useKeyboardHover(
  track: TrackName,
  position: number,
  row: number,
  onHover: OnHover,
): { onFocus: (event: FocusEvent) => void; onBlur: () => void } {
  const [here, setHere] = useState(false);
  useEffect(() => {
    if (here) onHover({ track, position, row, by: 'keyboard' });
  }, [here, track, position, row, onHover]);
  return {
    onFocus: (event) => setHere(event.currentTarget.matches(':focus-visible')),
    onBlur: () => {
      setHere(false);
      onHover(null);
    },
  };
}
