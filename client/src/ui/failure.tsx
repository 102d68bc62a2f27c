import type { ErrorBody } from '@loupe/shared';
import type { ReactNode } from 'react';
import { Icon } from './icon.tsx';
import './failure.css';

interface FailureProps {
  error: ErrorBody;
  /** What stands below the message: figures, lists. */
  children?: ReactNode;
  /** A button that can help. */
  action?: ReactNode;
}

/** What went wrong, where it went wrong: what it means and what to do, with its code. */
export function Failure({ error, children, action }: FailureProps) {
  return (
    <div className="failure">
      <Icon name="warning" />
      <div>
        <p>
          {error.message} <code>{error.code}</code>
        </p>
        {children}
      </div>
      {action}
    </div>
  );
}
