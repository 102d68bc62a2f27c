import { DownloadList } from '@loupe/shared';
import { checkAnswer } from './check-answer.ts';
import { API } from './http.ts';

/** Milliseconds before a connection that the server refused is tried again. */
const PAUSE = 2_000;

export interface DownloadEventsHandlers {
  onList(list: DownloadList): void;
  /** False while the connection is away; it is made again by itself. */
  onConnected(connected: boolean): void;
}

/**
 * Follows the downloads of the server until the function that is returned is called. The first list
 * comes at once.
 */
export function followDownloadEvents({ onList, onConnected }: DownloadEventsHandlers): () => void {
  let source: EventSource;
  let timer: ReturnType<typeof setTimeout> | undefined;

  function connect(): void {
    source = new EventSource(`${API}/downloads/events`);
    source.addEventListener('downloads', (event: MessageEvent<string>) => {
      onConnected(true);
      onList(checkAnswer(DownloadList, JSON.parse(event.data), '/downloads/events'));
    });
    source.addEventListener('error', () => {
      onConnected(false);
      // The browser tries again by itself, except where it was answered with something else.
      if (source.readyState === EventSource.CLOSED) timer = setTimeout(connect, PAUSE);
    });
  }

  connect();
  return () => {
    clearTimeout(timer);
    source.close();
  };
}
