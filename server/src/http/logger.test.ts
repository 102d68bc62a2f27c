import { PassThrough } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { readSettings } from '../settings.ts';
import { createLogger } from './logger.ts';

/** What a log of one line of each kind says, read as a terminal or a file gets it. */
async function logged(environment: NodeJS.ProcessEnv, isTerminal: boolean): Promise<string[]> {
  const destination = new PassThrough({ encoding: 'utf8' });
  const logger = createLogger(readSettings(environment), { isTerminal, destination });
  logger.info({ event: 'engine ready', backend: { name: 'wasm' } }, 'engine ready');
  logger.warn({ code: 'LOUPE_BAD_FILE' }, 'something cannot be used');
  await setImmediate();
  return ((destination.read() as string | null) ?? '').split('\n').filter((line) => line !== '');
}

const isJson = (line: string) => line.startsWith('{');

test('a terminal is told of warnings alone, in lines for people', async () => {
  const lines = await logged({}, true);
  expect(lines.filter(isJson)).toEqual([]);
  expect(lines.join('\n')).toContain('something cannot be used');
  expect(lines.join('\n')).not.toContain('engine ready');
});

test('a terminal shows what is asked for', async () => {
  const lines = await logged({ LOUPE_LOG_LEVEL: 'info' }, true);
  expect(lines.filter(isJson)).toEqual([]);
  expect(lines.join('\n')).toContain('engine ready');
  expect(await logged({ LOUPE_LOG_FORMAT: 'json' }, true)).toHaveLength(2);
});

test.each([[{}], [{ LOUPE_LOG_FORMAT: 'json' }]])('a file gets JSON: %j', async (environment) => {
  const lines = (await logged(environment, false)).map((line) => JSON.parse(line));
  expect(lines).toMatchObject([
    { level: 30, msg: 'engine ready', backend: { name: 'wasm' } },
    { level: 40, msg: 'something cannot be used', code: 'LOUPE_BAD_FILE' },
  ]);
});

test('a file gets lines for people where they are asked for', async () => {
  const lines = await logged({ LOUPE_LOG_FORMAT: 'text' }, false);
  expect(lines.filter(isJson)).toEqual([]);
  expect(lines.join('\n')).toContain('WARN: something cannot be used');
});
