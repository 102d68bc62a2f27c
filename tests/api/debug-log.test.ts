import { expect, onTestFinished, test } from 'vitest';
import { debug, listenToDebug, timed } from '../../server/src/debug-log.ts';
import { runLoupe } from './support/run-loupe.ts';

const PROMPT = ['features', 'The war lasted', '--sources', '0-att-demo', '--json'];

test('LOUPE_LOG_LEVEL=debug shows what the engine does, on stderr alone', async () => {
  const { stdout, stderr, status } = await runLoupe(PROMPT, { LOUPE_LOG_LEVEL: 'debug' });
  expect(status).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ model: 'demo' });
  const lines = stderr
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line));
  const done = lines.filter(({ event }) => event === 'engine log');
  const ms = expect.any(Number);
  expect(done).toContainEqual(expect.objectContaining({ msg: 'model loaded', model: 'demo', ms }));
  expect(done).toContainEqual(
    expect.objectContaining({ msg: 'prefix cache', hit: false, positions: 4 }),
  );
  expect(done).toContainEqual(
    expect.objectContaining({ msg: 'dictionary loaded', dictionary: 'demo/0-att-demo', ms }),
  );
  const layers = done.filter(({ msg }) => msg === 'layer').map(({ layer }) => layer);
  expect(layers).toEqual([0, 1, 2, 3]);
  const [encoded] = done.filter(({ msg }) => msg === 'source encoded');
  expect(encoded).toMatchObject({ source: '0-att-demo', active: 105 });
});

test('where nobody listens nothing is put into words', () => {
  const told: [string, object][] = [];
  let made = 0;
  const fields = () => ({ made: ++made });
  debug('before', fields);
  expect(timed('before', fields, () => 7)).toBe(7);
  expect(made).toBe(0);
  listenToDebug((message, said) => told.push([message, said]));
  onTestFinished(() => listenToDebug(undefined));
  debug('read', fields);
  expect(
    timed(
      'multiplied',
      (product) => ({ product }),
      () => 6 * 7,
    ),
  ).toBe(42);
  expect(told).toEqual([
    ['read', { made: 1 }],
    ['multiplied', { product: 42, ms: expect.any(Number) }],
  ]);
});
