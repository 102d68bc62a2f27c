import { randomUUID } from 'node:crypto';
import type {
  Download,
  DownloadFile,
  DownloadRequest,
  DownloadStatus,
  LoupeError,
} from '@loupe/shared';
import type { PlannedFile } from './locate-file.ts';
import { type DownloadPlan, wantedKey } from './plan.ts';
import { TransferRate } from './transfer-rate.ts';
import type { WantedFile } from './wanted.ts';

/** How far a download is, which tells of every change. */
export class DownloadState {
  readonly id = randomUUID();
  readonly #startedAt = new Date().toISOString();
  readonly #changed: () => void;
  readonly #request: DownloadRequest;
  readonly #files = new Map<string, DownloadFile>();
  readonly #rate = new TransferRate();
  #title: string;
  #status: DownloadStatus = 'waiting';
  /** Bytes fetched since it began: those of the rate. */
  #fetched = 0;
  #converted = 0;
  #toConvert = 0;
  #error: LoupeError | undefined;

  constructor(request: DownloadRequest, title: string, changed: () => void) {
    this.#request = request;
    this.#title = title;
    this.#changed = changed;
  }

  get status(): DownloadStatus {
    return this.#status;
  }

  get error(): LoupeError | undefined {
    return this.#error;
  }

  get isOver(): boolean {
    return this.#status === 'done' || this.#status === 'failed' || this.#status === 'cancelled';
  }

  setStatus(status: DownloadStatus): void {
    this.#status = status;
    this.#changed();
  }

  /** Ends it with what went wrong. */
  fail(status: 'failed' | 'cancelled', error: LoupeError): void {
    this.#error = error;
    for (const file of this.#files.values()) {
      if (file.status !== 'done') file.status = status;
    }
    this.setStatus(status);
  }

  setPlan({ title, files, units }: DownloadPlan): void {
    this.#title = title;
    this.#toConvert = units.filter(({ kind }) => kind === 'source').length;
    for (const file of files) this.#files.set(wantedKey(file), fileAtFirst(file));
    this.#rate.add(0);
    this.#changed();
  }

  setFileStatus(file: WantedFile, status: DownloadStatus): void {
    const entry = this.#files.get(wantedKey(file));
    if (!entry || entry.status === status) return;
    entry.status = status;
    this.#changed();
  }

  /** @param bytes that there are of a file */
  setFileBytes(file: WantedFile, bytes: number): void {
    const entry = this.#files.get(wantedKey(file));
    if (!entry) return;
    // What is thrown away was fetched nevertheless.
    this.#fetched += Math.max(0, bytes - entry.bytes);
    entry.bytes = bytes;
    this.#rate.add(this.#fetched);
    this.#changed();
  }

  addConverted(): void {
    this.#converted += 1;
    this.#changed();
  }

  toWire(): Download {
    const files = Array.from(this.#files.values(), (file) => ({ ...file }));
    const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
    const totalBytes = files.reduce((sum, file) => sum + file.totalBytes, 0);
    const rate = this.#status === 'downloading' ? this.#rate.bytesPerSecond() : null;
    return {
      id: this.id,
      model: this.#request.model,
      title: this.#title,
      request: this.#request,
      status: this.#status,
      bytes,
      totalBytes,
      bytesPerSecond: rate,
      secondsLeft: rate ? (totalBytes - bytes) / rate : null,
      converted: this.#converted,
      toConvert: this.#toConvert,
      files,
      ...(this.#error && { error: this.#error.toBody() }),
      startedAt: this.#startedAt,
    };
  }
}

function fileAtFirst({ path, size, local, partialBytes }: PlannedFile): DownloadFile {
  return { path, bytes: local ? size : partialBytes, totalBytes: size, status: 'waiting' };
}
