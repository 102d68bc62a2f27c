import { type Logger, pino, stdTimeFunctions } from 'pino';
import { build as pretty } from 'pino-pretty';
import type { Settings } from '../settings.ts';

/** A log on stderr: lines of JSON, or for people where stderr is a terminal. */
export function createLogger(level: Settings['logLevel']): Logger {
  const options = { level, base: null, timestamp: stdTimeFunctions.isoTime };
  if (!process.stderr.isTTY) return pino(options, pino.destination(2));
  const people = { destination: 2, sync: true, translateTime: 'SYS:HH:MM:ss', ignore: 'event' };
  return pino(options, pretty(people));
}
