import { LoupeError } from '@loupe/shared';

/** Statuses that a later attempt may change. */
const PASSING = new Set([408, 425, 429, 500, 502, 503, 504]);

/** An answer of the hub that is not the file. */
export class HubStatusError extends Error {
  readonly status: number;
  /** What the hub's `X-Error-Code` says, as `GatedRepo`. */
  readonly reason: string | undefined;
  /** Milliseconds that the hub asks to wait. */
  readonly retryAfterMs: number | undefined;

  constructor(
    url: URL,
    status: number,
    {
      reason,
      retryAfterMs,
    }: { reason?: string | undefined; retryAfterMs?: number | undefined } = {},
  ) {
    super(`${url.host} answers ${status}${reason ? ` (${reason})` : ''} for ${url.pathname}`);
    this.status = status;
    this.reason = reason;
    this.retryAfterMs = retryAfterMs;
  }
}

/** No answer: the network, the proxy or the server is away, or fell silent. */
export class HubConnectionError extends Error {}

/** True for a failure that may have passed when one tries again. */
export function mayPass(thrown: unknown): boolean {
  if (thrown instanceof HubStatusError) return PASSING.has(thrown.status);
  return thrown instanceof HubConnectionError;
}

/** Milliseconds of a `Retry-After` header, which gives seconds or a date. */
export function retryAfterMs(header: string | undefined, now = Date.now()): number | undefined {
  if (header === undefined) return undefined;
  if (/^\s*\d+(\.\d+)?\s*$/.test(header)) return Number(header) * 1000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

/**
 * A failure to get a file in words for people.
 *
 * @param what for example `config.json of org/name`
 * @param page where the hub shows the repository
 */
export function downloadError(thrown: unknown, what: string, page: string): unknown {
  if (thrown instanceof HubStatusError) {
    return new LoupeError('LOUPE_DOWNLOAD_FAILED', statusMessage(thrown, what, page));
  }
  if (thrown instanceof HubConnectionError) {
    return new LoupeError(
      'LOUPE_DOWNLOAD_FAILED',
      `${what} could not be fetched: ${thrown.message}. What has arrived is kept; try again.`,
    );
  }
  return thrown;
}

function statusMessage(error: HubStatusError, what: string, page: string): string {
  const { status, message } = error;
  if (status === 401 || status === 403) {
    return (
      `The hub does not give ${what} to everyone: ${message}. Look at ${page}, accept its terms ` +
      'if it has any, and set HF_TOKEN to a token of yours.'
    );
  }
  if (status === 404) {
    return `The hub has no ${what}: ${message}. It may have been moved; look at ${page}.`;
  }
  return `The hub did not give ${what}: ${message}. What has arrived is kept; try again later.`;
}
