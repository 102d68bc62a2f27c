import type { ReactNode } from 'react';
import { GLOSSARY, type Word } from './glossary.ts';
import { Tooltip } from './tooltip.tsx';
import './term.css';

interface TermProps {
  of: Word;
  /** As it is written here; the word itself if left out. */
  children?: ReactNode;
  /** What is to be said of it in this place besides. */
  note?: ReactNode;
}

/** A word of the trade: what it means is shown under the pointer and on keyboard focus. */
export function Term({ of, children, note }: TermProps) {
  const { word, meaning } = GLOSSARY[of];
  return (
    <Tooltip
      content={
        <>
          <p>
            {children !== word && <strong>{word}: </strong>}
            {meaning}
          </p>
          {note !== undefined && <p className="term-note">{note}</p>}
        </>
      }
    >
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: focus is how a keyboard asks what it means */}
      <dfn className="term" tabIndex={0}>
        {children ?? word}
      </dfn>
    </Tooltip>
  );
}
