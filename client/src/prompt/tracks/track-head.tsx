import type { ReactNode } from 'react';

interface TrackHeadProps {
  title: ReactNode;
  /** Says how to read the track; gives way where there is no room. */
  note?: ReactNode;
  /** Controls at the right end. */
  children?: ReactNode;
}

/** The small grey line above a track. */
export function TrackHead({ title, note, children }: TrackHeadProps) {
  return (
    <div className="track-head">
      <h2 className="heading">{title}</h2>
      <div className="track-note">{note}</div>
      <div className="track-controls">{children}</div>
    </div>
  );
}
