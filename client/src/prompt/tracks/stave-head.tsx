import type { ReactNode } from 'react';

interface StaveHeadProps {
  title: string;
  /** Says how to read the stave; gives way where there is no room. */
  note?: ReactNode;
  /** Controls at the right end. */
  children?: ReactNode;
}

/** The small grey line above a stave. */
export function StaveHead({ title, note, children }: StaveHeadProps) {
  return (
    <div className="stave-head">
      <h2 className="heading">{title}</h2>
      <div className="stave-note">{note}</div>
      <div className="stave-controls">{children}</div>
    </div>
  );
}
