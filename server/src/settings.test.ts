import { delimiter } from 'node:path';
import { LoupeError } from '@loupe/shared';
import { expect, test } from 'vitest';
import { readSettings, requireTokenBeyondLoopback } from './settings.ts';

function refusal(act: () => unknown): LoupeError | undefined {
  try {
    act();
    return undefined;
  } catch (thrown) {
    return thrown instanceof LoupeError ? thrown : undefined;
  }
}

test('with nothing set the server is for this machine alone', () => {
  const settings = readSettings({});
  expect(settings).toMatchObject({
    host: '127.0.0.1',
    port: 4173,
    allowedHosts: [],
    token: undefined,
    stallMs: 60_000,
    rateLimit: undefined,
    logLevel: undefined,
    logFormat: undefined,
    backend: undefined,
    inspectPort: undefined,
    memoryBytes: undefined,
  });
  expect(refusal(() => requireTokenBeyondLoopback(settings))).toBeUndefined();
});

test('every variable is read', () => {
  const settings = readSettings({
    LOUPE_HOST: '0.0.0.0',
    LOUPE_PORT: '8080',
    LOUPE_ALLOWED_HOSTS: 'Loupe.lab.example, other.example,',
    LOUPE_TOKEN: 'sixteen or longer',
    LOUPE_STALL_SECONDS: '0.5',
    LOUPE_RATE_LIMIT: '10',
    LOUPE_LOG_LEVEL: 'silent',
    LOUPE_LOG_FORMAT: 'json',
    LOUPE_BACKEND: 'wasm',
    LOUPE_INSPECT: '9230',
    LOUPE_MEMORY: '2GB',
    LOUPE_HOME: '/somewhere',
    LOUPE_FONT: `/fonts/one.ttf${delimiter}/fonts/more`,
  });
  expect(settings).toMatchObject({
    host: '0.0.0.0',
    port: 8080,
    allowedHosts: ['loupe.lab.example', 'other.example'],
    token: 'sixteen or longer',
    stallMs: 500,
    rateLimit: 10,
    logLevel: 'silent',
    logFormat: 'json',
    backend: 'wasm',
    inspectPort: 9230,
    memoryBytes: 2e9,
    home: '/somewhere',
    fonts: ['/fonts/one.ttf', '/fonts/more'],
  });
  expect(settings.modelRoots).toHaveLength(2);
  expect(refusal(() => requireTokenBeyondLoopback(settings))).toBeUndefined();
});

test('an empty variable counts as not set', () => {
  expect(readSettings({ LOUPE_PORT: '', LOUPE_TOKEN: '', LOUPE_BACKEND: '' })).toEqual(
    readSettings({}),
  );
});

test.each([
  ['LOUPE_PORT', '-1'],
  ['LOUPE_PORT', '65536'],
  ['LOUPE_PORT', '41.5'],
  ['LOUPE_PORT', 'http'],
  ['LOUPE_STALL_SECONDS', '0'],
  ['LOUPE_RATE_LIMIT', 'none'],
  ['LOUPE_LOG_LEVEL', 'loud'],
  ['LOUPE_LOG_FORMAT', 'xml'],
  ['LOUPE_BACKEND', 'gpu'],
  ['LOUPE_INSPECT', '0'],
  ['LOUPE_MEMORY', 'much'],
  ['LOUPE_MEMORY', '0'],
  ['LOUPE_MEMORY', '-1GB'],
  ['LOUPE_MEMORY', '2 PB'],
  ['LOUPE_TOKEN', 'short'],
  ['LOUPE_ALLOWED_HOSTS', 'fine.example, other.example:8080'],
  ['LOUPE_ALLOWED_HOSTS', 'http://other.example'],
])('%s=%s is refused by its name', (name, value) => {
  const error = refusal(() => readSettings({ [name]: value }));
  expect(error?.code).toBe('LOUPE_BAD_SETTING');
  expect(error?.message).toContain(name);
});

test.each(['0.0.0.0', '::', '192.168.1.20', 'my-machine.local'])(
  'listening at %s wants a token',
  (LOUPE_HOST) => {
    const error = refusal(() => requireTokenBeyondLoopback(readSettings({ LOUPE_HOST })));
    expect(error?.code).toBe('LOUPE_BAD_SETTING');
    expect(error?.message).toContain('LOUPE_TOKEN');
  },
);

test.each(['127.0.0.1', 'localhost', '::1', '127.1.2.3'])('listening at %s does not', (host) => {
  const settings = readSettings({ LOUPE_HOST: host });
  expect(refusal(() => requireTokenBeyondLoopback(settings))).toBeUndefined();
});

test.each([
  ['2000000000', 2e9],
  ['2G', 2e9],
  ['1.5 gb', 1.5e9],
  ['512MiB', 512 * 2 ** 20],
  ['3ki', 3072],
  ['7b', 7],
])('memory of %s is %i bytes', (text, bytes) => {
  expect(readSettings({ LOUPE_MEMORY: text }).memoryBytes).toBe(bytes);
});
