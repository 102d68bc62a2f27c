import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import type { EngineLogger } from './logger.ts';

type Level = 'debug' | 'info' | 'warn' | 'error' | 'fatal';

// TensorFlow: "2026-01-31 12:00:00.000000: W tensorflow/…" and "W0000 00:00:1767225600.000000 …"
const TENSORFLOW = /^(?:\d{4}-\d\d-\d\d [\d:.]+: ([IWEF]) |([IWEF])\d{4} [\d:.]+)/;
const LEVELS: Record<string, Level> = { I: 'debug', W: 'warn', E: 'error', F: 'fatal' };

const TAIL = 40;
const MAX_WORDS = 300;

/** How grave a line that the engine process printed is. */
export function lineLevel(stream: 'stdout' | 'stderr', line: string): Level {
  const match = TENSORFLOW.exec(line);
  const letter = match?.[1] ?? match?.[2];
  return (letter && LEVELS[letter]) || (stream === 'stdout' ? 'info' : 'warn');
}

/** The line that says most about why a process died, out of the last ones that it printed. */
export function lastWords(lines: readonly string[]): string | undefined {
  const telling = lines
    .map((line) => line.trim())
    .filter((line) => /\w/.test(line) && !/^at |^Node\.js v|^(?:file|node):.*:\d+$/.test(line));
  const words =
    telling.findLast((line) => /^\w*Error\b|\bfatal\b|\berror:|terminate called/i.test(line)) ??
    telling.at(-1);
  return words?.slice(0, MAX_WORDS);
}

/** Turns what the engine process prints into log lines, and keeps the last of them. */
export class ProcessOutput {
  readonly #tail: string[] = [];

  constructor(streams: Record<'stdout' | 'stderr', Readable | null>, logger: EngineLogger) {
    for (const name of ['stdout', 'stderr'] as const) {
      const input = streams[name];
      if (!input) continue;
      createInterface({ input }).on('line', (line) => {
        if (line.trim() === '') return;
        logger[lineLevel(name, line)]({ event: 'engine output', stream: name }, line);
        if (name === 'stderr') this.#keep(line);
      });
    }
  }

  lastWords(): string | undefined {
    return lastWords(this.#tail);
  }

  #keep(line: string): void {
    this.#tail.push(line);
    if (this.#tail.length > TAIL) this.#tail.shift();
  }
}
