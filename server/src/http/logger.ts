import { type DestinationStream, type Logger, pino, stdTimeFunctions } from 'pino';
import { build as pretty } from 'pino-pretty';
import type { Settings } from '../settings.ts';

/** Where a log goes. */
export interface LogPlace {
  isTerminal: boolean;
  /** A descriptor, or what takes lines. */
  destination: number | (DestinationStream & NodeJS.WritableStream);
}

/**
 * A log, on stderr unless told otherwise: lines of JSON, or lines for people where that is a terminal.
 * Somebody at a terminal who has not asked for a log is told of warnings and errors only.
 */
export function createLogger(
  { logLevel, logFormat }: Pick<Settings, 'logLevel' | 'logFormat'>,
  { isTerminal, destination }: LogPlace = { isTerminal: process.stderr.isTTY, destination: 2 },
): Logger {
  const isForPeople = logFormat === undefined ? isTerminal : logFormat === 'text';
  const level = logLevel ?? (isForPeople ? 'warn' : 'info');
  const options = { level, base: null, timestamp: stdTimeFunctions.isoTime };
  if (!isForPeople) {
    return pino(
      options,
      typeof destination === 'number' ? pino.destination(destination) : destination,
    );
  }
  const people = { destination, sync: true, translateTime: 'SYS:HH:MM:ss', ignore: 'event' };
  return pino(options, pretty({ ...people, colorize: isTerminal }));
}
