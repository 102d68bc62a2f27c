import { HubHttp } from './http.ts';
import {
  isAnnouncement,
  type RemoteFile,
  type RepositoryFile,
  readAnnouncement,
  resolveUrl,
} from './remote-file.ts';
import { PATIENT, type RetryOptions, withRetries } from './retry.ts';
import { currentToken, type HubSettings } from './settings.ts';

/** How long a server may say nothing, in milliseconds. */
const SILENCE_MS = 30_000;
/** Tries to ask a hub that does not answer: without a network there is no use in more. */
const SILENT_ATTEMPTS = 3;

export interface HubClientOptions {
  retries?: RetryOptions;
  silenceMs?: number;
}

/** A hub that speaks Hugging Face's protocol. To be closed. */
export class HubClient {
  readonly endpoint: string;
  readonly http: HubHttp;
  readonly retries: RetryOptions;
  /** How long a server may say nothing, in milliseconds. */
  readonly silenceMs: number;

  constructor(settings: HubSettings, options: HubClientOptions = {}) {
    this.endpoint = settings.endpoint;
    this.retries = options.retries ?? PATIENT;
    this.silenceMs = options.silenceMs ?? SILENCE_MS;
    this.http = new HubHttp({
      endpoint: settings.endpoint,
      token: currentToken(settings),
      proxies: settings.proxies,
      silenceMs: this.silenceMs,
    });
  }

  /**
   * Asks what a file is, without its content.
   *
   * @throws HubStatusError, HubConnectionError when tries are used up
   */
  async describe(file: RepositoryFile, signal: AbortSignal): Promise<RemoteFile> {
    const url = resolveUrl(this.endpoint, file);
    return withRetries(
      async () => {
        const answer = await this.http.request('HEAD', url, {}, signal, isAnnouncement);
        await answer.body.dump();
        return readAnnouncement(this.endpoint, file, answer);
      },
      { ...this.retries, silentAttempts: Math.min(this.retries.attempts, SILENT_ATTEMPTS) },
      signal,
    );
  }

  async close(): Promise<void> {
    await this.http.close();
  }
}
