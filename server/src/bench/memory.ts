import { readFileSync, writeFileSync } from 'node:fs';

/** Resident memory of this process around some work, in bytes above what it had before. */
export interface MemoryUse {
  /** The most at any one time. */
  peak: number;
  /** What is still held now. */
  held: number;
  /** The most that the whole process took. */
  process: number;
}

/** Watches the resident memory of this process from its creation on. */
export class MemoryWatch {
  readonly #before = process.memoryUsage.rss();
  readonly #exact = forgetPeak();
  #seen = this.#before;

  /** Looks at the memory now, which counts towards the peak where the kernel does not record one. */
  look(): void {
    this.#seen = Math.max(this.#seen, process.memoryUsage.rss());
  }

  use(): MemoryUse {
    this.look();
    const peak = this.#exact ? Math.max(this.#seen, recordedPeak()) : this.#seen;
    const held = process.memoryUsage.rss() - this.#before;
    return { peak: peak - this.#before, held, process: peak };
  }
}

/** Has Linux record the peak anew from now on; false where it cannot. */
function forgetPeak(): boolean {
  try {
    writeFileSync('/proc/self/clear_refs', '5');
    return recordedPeak() > 0;
  } catch {
    return false;
  }
}

function recordedPeak(): number {
  const line = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'));
  return Number(line?.[1] ?? 0) * 1024;
}
