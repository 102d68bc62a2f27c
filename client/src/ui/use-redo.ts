import type { ErrorBody } from '@loupe/shared';
import { useEffect, useRef } from 'react';
import { isAway, missServer, onServerBack } from '../stores/server.ts';

/** Does again, once the server is back, what failed because there was none. */
export function useRedo(error: ErrorBody | null | undefined, redo: () => void): void {
  const away = isAway(error);
  const latest = useRef(redo);
  latest.current = redo;
  useEffect(() => {
    if (!error || !away) return;
    missServer(error);
    return onServerBack(() => latest.current());
  }, [error, away]);
}
