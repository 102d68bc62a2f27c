import { type ErrorBody, LoupeError } from '@loupe/shared';
import { create } from 'zustand';

interface PageErrors {
  /** What failed in the page's own code and was caught nowhere; null once that is dismissed. */
  error: ErrorBody | null;
}

/** Failures of the page itself, outside what a boundary keeps to its panel. */
export const usePageErrors = create<PageErrors>()(() => ({ error: null }));

export function dismissPageError(): void {
  usePageErrors.setState({ error: null });
}

/** Any thrown value as a failure of the page, with its own words. */
export function pageFailure(thrown: unknown): LoupeError {
  if (thrown instanceof LoupeError) return thrown;
  const said = thrown instanceof Error ? thrown.message : String(thrown);
  return new LoupeError('LOUPE_PAGE_FAILED', said.replace(/[.\s]+$/, '') || 'unknown error');
}

/** Neither fails anything: observers that are told in the next frame, and what was given up on purpose. */
function isHarmless(thrown: unknown, message: string): boolean {
  return /^ResizeObserver loop/.test(message) || (thrown as Error | null)?.name === 'AbortError';
}

function tell(thrown: unknown, message = ''): void {
  if (isHarmless(thrown, message)) return;
  usePageErrors.setState({ error: pageFailure(thrown ?? message).toBody() });
}

/** Shows from now on what handlers of events and promises throw, rather than losing it in the console. */
export function watchPageErrors(): void {
  addEventListener('error', ({ error, message, filename }) => {
    // Extensions of the browser run in the page too, and are not its concern.
    if (filename === '' || filename.startsWith(location.origin)) tell(error, message);
  });
  addEventListener('unhandledrejection', ({ reason }) => tell(reason));
}
