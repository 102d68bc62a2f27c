import { homedir } from 'node:os';
import { delimiter } from 'node:path';
import { expect, test } from 'vitest';
import { expandPath } from './expand-path.ts';
import { readHubSettings } from './hub/hugging-face/settings.ts';
import { readSettings } from './settings.ts';

const HOME = '/home/ada';
/** A name in braces after a dollar sign. */
const braced = (name: string) => `$\{${name}}`;

test.each([
  ['~', HOME],
  ['~/hf', `${HOME}/hf`],
  ['$HOME/hf', `${HOME}/hf`],
  [`${braced('DATA')}/hf`, '/data/hf'],
  [`/a/$DATA-1/$NOT_SET/${braced('NOT_SET')}`, `/a//data-1/$NOT_SET/${braced('NOT_SET')}`],
  ['~ada/hf', '~ada/hf'],
  ['/a/~/b', '/a/~/b'],
  ['', undefined],
  [undefined, undefined],
])('%s is %s', (path, expanded) => {
  expect(expandPath(path, { HOME, DATA: '/data' })).toBe(expanded);
});

test('without HOME the home folder is the system’s', () => {
  expect(expandPath('~/hf', {})).toBe(`${homedir()}/hf`);
});

test.each<[NodeJS.ProcessEnv, object]>([
  [{ HF_HOME: '~/hf' }, { cacheFolder: `${HOME}/hf/hub`, tokenFile: `${HOME}/hf/token` }],
  [{ HF_HUB_CACHE: '$DATA/hub' }, { cacheFolder: '/data/hub' }],
  [{ HUGGINGFACE_HUB_CACHE: '~/old' }, { cacheFolder: `${HOME}/old` }],
  [{ HF_TOKEN_PATH: '~/token' }, { tokenFile: `${HOME}/token` }],
  [{ XDG_CACHE_HOME: '~/c' }, { cacheFolder: `${HOME}/c/huggingface/hub` }],
])('every path of the hub: %j', (environment, expected) => {
  expect(readHubSettings({ HOME, DATA: '/data', ...environment })).toMatchObject(expected);
});

test('every path of Loupe', () => {
  const settings = readSettings({ HOME, LOUPE_HOME: '~/loupe', LOUPE_CATALOGUE: '$HOME/list' });
  expect(settings).toMatchObject({ home: `${HOME}/loupe`, catalogueFolder: `${HOME}/list` });
  expect(readSettings({ HOME, LOUPE_FONT: `~/f${delimiter}/g` }).fonts).toEqual([
    `${HOME}/f`,
    '/g',
  ]);
  const { home } = readSettings({ HOME, XDG_DATA_HOME: '~/data' });
  expect(home).toBe(process.platform === 'linux' ? `${HOME}/data/loupe` : readSettings({}).home);
});
