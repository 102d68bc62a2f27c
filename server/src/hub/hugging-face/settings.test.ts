import { homedir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readHubSettings } from './settings.ts';

test('with nothing set the public hub and the usual folders are taken', () => {
  const settings = readHubSettings({});
  expect(new URL(settings.endpoint).protocol).toBe('https:');
  expect(settings).toMatchObject({
    token: undefined,
    tokenFile: join(homedir(), '.cache/huggingface/token'),
    cacheFolder: join(homedir(), '.cache/huggingface/hub'),
    offline: false,
    proxies: { http: undefined, https: undefined, none: '' },
  });
});

test.each<[NodeJS.ProcessEnv, string]>([
  [{ XDG_CACHE_HOME: '/x' }, '/x/huggingface/hub'],
  [{ HF_HOME: '/h', XDG_CACHE_HOME: '/x' }, '/h/hub'],
  [{ HUGGINGFACE_HUB_CACHE: '/old', HF_HOME: '/h' }, '/old'],
  [{ HF_HUB_CACHE: '/c', HUGGINGFACE_HUB_CACHE: '/old' }, '/c'],
])('%j: the cache is at %s', (environment, folder) => {
  expect(readHubSettings(environment).cacheFolder).toBe(join(folder));
});

test('a token has no blanks around it, and the newer name goes first', () => {
  expect(readHubSettings({ HF_TOKEN: ' hf_a\n', HUGGING_FACE_HUB_TOKEN: 'hf_b' }).token).toBe(
    'hf_a',
  );
  expect(readHubSettings({ HUGGING_FACE_HUB_TOKEN: 'hf_b' }).token).toBe('hf_b');
});

test.each(['1', 'on', 'YES', 'true'])('HF_HUB_OFFLINE=%s is yes', (HF_HUB_OFFLINE) => {
  expect(readHubSettings({ HF_HUB_OFFLINE }).offline).toBe(true);
});

test('proxies are named in capitals or not, and for all at once', () => {
  const { proxies } = readHubSettings({
    https_proxy: 'http://small:1',
    HTTPS_PROXY: 'http://large:1',
    ALL_PROXY: 'rest:2',
    no_proxy: 'localhost',
  });
  expect(proxies).toEqual({ https: 'http://small:1', http: 'http://rest:2', none: 'localhost' });
});

test('an endpoint loses its last slash; one that is no address is refused by name', () => {
  expect(readHubSettings({ HF_ENDPOINT: 'https://hub.example/mirror/' }).endpoint).toBe(
    'https://hub.example/mirror',
  );
  for (const HF_ENDPOINT of ['hub.example', 'file:///etc', 'ftp://hub.example']) {
    expect(() => readHubSettings({ HF_ENDPOINT })).toThrowError(
      expect.objectContaining({
        code: 'LOUPE_BAD_SETTING',
        message: expect.stringContaining('HF_ENDPOINT'),
      }),
    );
  }
});
