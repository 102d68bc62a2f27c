import { basename } from 'node:path';
import { type Download, type DownloadFile, formatBytes } from '@loupe/shared';
import { type Bar, MultiBar } from 'cli-progress';
import { duration } from '../bench/progress.ts';

/** How often a log that is no terminal gets a line, in milliseconds. */
const LINE_MS = 5000;
const NAME_WIDTH = 24;

/**
 * Shows how far a download is, on stderr: on a terminal a bar for all of it and one for each file on
 * its way, elsewhere a line now and then.
 */
export class PullProgress {
  readonly #stream: NodeJS.WriteStream;
  readonly #bars: MultiBar | undefined;
  readonly #fileBars = new Map<string, Bar>();
  #total: Bar | undefined;
  #lastLine = performance.now();

  constructor(stream: NodeJS.WriteStream = process.stderr) {
    this.#stream = stream;
    if (!stream.isTTY) return;
    this.#bars = new MultiBar({
      stream,
      format: '{name} {bar} {text}',
      barsize: 20,
      barCompleteChar: '█',
      barIncompleteChar: '░',
      hideCursor: true,
      clearOnComplete: true,
      // Ctrl-C ends the download in good order first.
      gracefulExit: false,
      emptyOnZero: true,
    });
  }

  show(download: Download): void {
    if (this.#bars) this.#draw(this.#bars, download);
    else this.#line(download);
  }

  /** Takes the bars away; a log gets the last state. */
  end(download: Download): void {
    this.#bars?.stop();
    if (!this.#bars && download.status === 'done') this.#stream.write(`${totalText(download)}\n`);
  }

  #draw(bars: MultiBar, download: Download): void {
    const { bytes, totalBytes, files } = download;
    const payload = { name: nameText('in all'), text: totalText(download) };
    this.#total ??= bars.create(totalBytes, bytes, payload);
    this.#total.setTotal(totalBytes);
    this.#total.update(bytes, payload);
    for (const file of files) this.#drawFile(bars, file);
  }

  #drawFile(bars: MultiBar, { path, bytes, totalBytes, status }: DownloadFile): void {
    const known = this.#fileBars.get(path);
    if (status !== 'downloading' && status !== 'converting') {
      if (known) bars.remove(known);
      this.#fileBars.delete(path);
      return;
    }
    const text = status === 'converting' ? 'installing' : sizesText(bytes, totalBytes);
    const payload = { name: nameText(basename(path)), text };
    if (known) known.update(bytes, payload);
    else this.#fileBars.set(path, bars.create(totalBytes, bytes, payload));
  }

  #line(download: Download): void {
    const now = performance.now();
    if (now - this.#lastLine < LINE_MS) return;
    this.#lastLine = now;
    this.#stream.write(`${totalText(download)}\n`);
  }
}

/** `2.31 of 4.45 GB, 21.3 MB/s, 100 s left, 3 of 24 installed`. */
function totalText(download: Download): string {
  const { status, bytes, totalBytes, bytesPerSecond, secondsLeft, converted, toConvert } = download;
  if (status === 'waiting' || status === 'checking') return status;
  return [
    sizesText(bytes, totalBytes),
    ...(isHeldUp(download) ? ['waiting for another Loupe that fetches the same'] : []),
    ...(bytesPerSecond === null ? [] : [`${formatBytes(bytesPerSecond)}/s`]),
    ...(secondsLeft === null ? [] : [`${duration(1000 * secondsLeft)} left`]),
    ...(toConvert > 0 ? [`${converted} of ${toConvert} dictionaries installed`] : []),
  ].join(', ');
}

function isHeldUp({ status, files }: Download): boolean {
  const idle = files.every((file) => file.status === 'waiting' || file.status === 'done');
  return status === 'downloading' && idle && files.some((file) => file.status === 'waiting');
}

function sizesText(bytes: number, totalBytes: number): string {
  return bytes === totalBytes
    ? formatBytes(bytes)
    : `${formatBytes(bytes)} of ${formatBytes(totalBytes)}`;
}

/** A name in a column of its own. What tells files apart is mostly at their ends. */
function nameText(name: string): string {
  const short = name.length > NAME_WIDTH ? `…${name.slice(1 - NAME_WIDTH)}` : name;
  return short.padEnd(NAME_WIDTH);
}
