import type { ReactNode } from 'react';

/** A link to somewhere else, which opens beside the page. */
export function OutsideLink({ href, children }: { href: string; children: ReactNode }) {
  return (
    <a className="link" href={href} target="_blank" rel="noreferrer">
      {children}
    </a>
  );
}
