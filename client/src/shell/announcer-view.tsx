import { useEffect, useState } from 'react';
import { useAnnouncement } from '../stores/announcer.ts';

/** Milliseconds for which something said stays to be read. */
const STAY = 3_000;

/** Shows what was said last, and has screen readers read it. */
export function Announcer() {
  const { text, number } = useAnnouncement();
  const [shown, setShown] = useState(0);
  useEffect(() => {
    if (number === 0) return;
    setShown(number);
    const timer = setTimeout(() => setShown(0), STAY);
    return () => clearTimeout(timer);
  }, [number]);
  return (
    <div role="status" aria-live="polite">
      {shown > 0 && (
        <div key={shown} className="announcement">
          {text}
        </div>
      )}
    </div>
  );
}
