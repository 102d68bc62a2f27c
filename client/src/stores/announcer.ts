import { create } from 'zustand';

interface Announcement {
  text: string;
  /** Counts up, so that the same text twice is announced twice. */
  number: number;
}

/** The last thing said to the reader; shown for a moment and read out by screen readers. */
export const useAnnouncement = create<Announcement>()(() => ({ text: '', number: 0 }));

/** Says something short that asks for nothing: `Link copied`. */
export function say(text: string): void {
  useAnnouncement.setState(({ number }) => ({ text, number: number + 1 }));
}
