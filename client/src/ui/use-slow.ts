import { useEffect, useState } from 'react';

/** True once `waiting` has lasted so many milliseconds, so that short waits show nothing. */
export function useSlow(waiting: boolean, milliseconds: number): boolean {
  const [slow, setSlow] = useState(false);
  useEffect(() => {
    if (!waiting) return setSlow(false);
    const timer = setTimeout(() => setSlow(true), milliseconds);
    return () => clearTimeout(timer);
  }, [waiting, milliseconds]);
  return waiting && slow;
}
