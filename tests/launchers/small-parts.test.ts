import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { cacheFolder } from '../../scripts/lib/cache-folder.mjs';
import { readJson, writeJson } from '../../scripts/lib/json-file.mjs';
import { nodeVersionProblem } from '../../scripts/lib/node-version.mjs';
import { Progress } from '../../scripts/lib/progress.mjs';
import { errorLine, lastLines, runCommand } from '../../scripts/lib/run-command.mjs';
import { temporaryFolder } from './temporary-folder.ts';

const folder = temporaryFolder();

test.each(['20.19.0', '20.20.2', '22.12.0', '24.21.0', '26.0.0'])('Node %s will do', (version) => {
  expect(nodeVersionProblem(version)).toBeUndefined();
});

test.each(['18.20.4', '20.18.3', '21.7.3', '22.11.0'])('Node %s is refused by name', (version) => {
  expect(nodeVersionProblem(version)).toContain(version);
});

test('the cache is where the platform keeps such things, or where LOUPE_CACHE says', () => {
  expect(cacheFolder({}, 'linux', '/home/u')).toBe(join('/home/u', '.cache', 'loupe'));
  expect(cacheFolder({ XDG_CACHE_HOME: '/x' }, 'linux', '/home/u')).toBe(join('/x', 'loupe'));
  expect(cacheFolder({ XDG_CACHE_HOME: '~/c' }, 'linux', '/home/u')).toBe('/home/u/c/loupe');
  expect(cacheFolder({ LOUPE_CACHE: `$D/$\{${'D'}}`, D: '/d' }, 'linux', '/home/u')).toBe('/d/d');
  expect(cacheFolder({}, 'darwin', '/Users/u')).toBe(join('/Users/u/Library/Caches/loupe'));
  expect(cacheFolder({ LOCALAPPDATA: 'L' }, 'win32', 'H')).toBe(join('L', 'loupe', 'Cache'));
  expect(cacheFolder({ LOUPE_CACHE: '/c', XDG_CACHE_HOME: '/x' }, 'linux', '/h')).toBe('/c');
});

test('JSON files are written whole, and what is no JSON reads as nothing', () => {
  const path = join(folder, 'deep/a.json');
  writeJson(path, { a: 1 });
  expect(readJson(path)).toEqual({ a: 1 });
  expect(readdirSync(join(folder, 'deep'))).toEqual(['a.json']);
  writeFileSync(path, '{"a":');
  expect(readJson(path)).toBeUndefined();
  expect(readJson(join(folder, 'none'))).toBeUndefined();
  mkdirSync(join(folder, 'taken.json'));
  expect(() => writeJson(join(folder, 'taken.json'), 1)).toThrow();
  expect(readdirSync(folder)).not.toContain(expect.stringContaining('.tmp'));
});

test('progress tells share, bytes, rate and time left', () => {
  const written: string[] = [];
  const out = { isTTY: false, write: (text: string) => written.push(text) };
  const progress = new Progress('Fetching', 200e6, out);
  expect(progress.describe(3)).toBe('3 s');
  progress.update(50e6);
  progress.update(100e6);
  expect(progress.describe(10)).toBe('50 %, 100 MB of 200 MB, 5 MB/s, 20 s left');
  expect(progress.describe(0.5)).toBe('50 %, 100 MB of 200 MB, 100 MB/s');
  progress.end('done');
  expect(written).toEqual(['Fetching …\n', 'Fetching: done\n']);
});

test('on a terminal a line is redrawn in place and cut to its width', () => {
  const written: string[] = [];
  const out = { isTTY: true, columns: 12, write: (text: string) => written.push(text) };
  const progress = new Progress('A long label', undefined, out);
  progress.end();
  expect(written.at(-1)).toBe('\r\u001b[KA long labe\n');
});

test('a command’s output, status and absence are told', async () => {
  const shown: string[] = [];
  const script = "console.log('out'); console.error('err'); process.exit(3);";
  const result = await runCommand(process.execPath, ['-e', script], {
    onOutput: (text) => shown.push(text),
  });
  expect(result).toMatchObject({ status: 3, stdout: 'out\n', stderr: 'err\n', timedOut: false });
  expect(shown.sort()).toEqual(['err\n', 'out\n']);
  const none = await runCommand(join(folder, 'no-such-program'), []);
  expect(none.status).toBe(127);
  const slow = await runCommand(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], {
    timeoutMs: 200,
  });
  expect(slow).toMatchObject({ timedOut: true, signal: 'SIGKILL' });
});

test('finds the lines that say what went wrong', () => {
  expect(lastLines('a\n\nb\n c\n\n', 2)).toBe('b\n c');
  const trace = 'node:internal\n  throw\n\nTypeError: x is no y\n    at z\n\nNode.js v20.20.2\n';
  expect(errorLine(trace)).toBe('TypeError: x is no y');
  expect(errorLine('binding.cc:3: error: no such file\n1 error generated.\n')).toContain('no such');
  expect(errorLine('something\nlast words\n')).toBe('last words');
  expect(errorLine('')).toBe('no reason was given');
});
