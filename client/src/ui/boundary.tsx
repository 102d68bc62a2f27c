import type { LoupeError } from '@loupe/shared';
import { Component, type ReactNode } from 'react';
import { pageFailure } from '../stores/page-errors.ts';
import { Failure } from './failure.tsx';
import { Icon } from './icon.tsx';
import './boundary.css';

interface BoundaryProps {
  /** What is inside, for the message: `The map of sources`. */
  what: string;
  /** Another value than when it failed shows what is inside again. */
  subject?: unknown;
  /** What may help beside drawing it anew, as asking for its data again. */
  onRetry?: (() => void) | undefined;
  children: ReactNode;
}

interface BoundaryState {
  error: LoupeError | null;
}

/** Keeps an error inside to this part of the page, says it there, and offers to try again. */
export class Boundary extends Component<BoundaryProps, BoundaryState> {
  override state: BoundaryState = { error: null };

  static getDerivedStateFromError(thrown: unknown): BoundaryState {
    return { error: pageFailure(thrown) };
  }

  override componentDidUpdate({ subject }: BoundaryProps, { error }: BoundaryState): void {
    // What failed just now failed on the new subject.
    if (error && subject !== this.props.subject) this.#reset();
  }

  #reset = () => this.setState({ error: null });

  #retry = () => {
    this.props.onRetry?.();
    this.#reset();
  };

  override render(): ReactNode {
    const { error } = this.state;
    if (!error) return this.props.children;
    const { code } = error;
    const message = `${this.props.what} cannot be shown: ${error.message}. The rest of the page works.`;
    return (
      <div role="alert" className="boundary">
        <Failure
          error={{ code, message }}
          action={
            <button type="button" className="button small" onClick={this.#retry}>
              <Icon name="retry" size={14} />
              Retry
            </button>
          }
        />
      </div>
    );
  }
}
