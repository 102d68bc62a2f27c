import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { refuseUnreadable } from './refuse-unreadable.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'loupe-unreadable-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(name: string): void {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, '');
}

test.each([
  [
    'TensorFlow weights',
    ['gpt2/config.json', 'gpt2/tf_model.h5'],
    'gpt2',
    /TensorFlow.*from_tf=True/,
  ],
  ['Flax weights', ['gpt2/flax_model.msgpack'], 'gpt2', /Flax.*from_flax=True/],
  [
    "OpenAI's release",
    ['124M/model.ckpt.index', '124M/hparams.json'],
    '124M',
    /TensorFlow checkpoint/,
  ],
  ['GGUF', ['m/gpt2.Q8_0.gguf'], 'm/gpt2.Q8_0.gguf', /GGUF/],
  ['a mistyped path', ['my-gpt2/config.json'], 'my-gtp2', /not there\. Is .*my-gpt2 meant/],
  ['a mistyped folder', ['my-gpt2/config.json'], 'runs/my-gpt2', /Nor is the folder .*runs/],
  ['a configuration alone', ['m/config.json'], 'm', /a config\.json, but no model\.safetensors/],
  ['something else', ['m/readme.txt'], 'm', /no config\.json.*readme\.txt.*leave --as out/],
  ['an adapter without weights', ['m/adapter_config.json'], 'm', /adapter without its weights/],
  [
    'a repository of the cache',
    ['models--a--b/snapshots/0a/config.json'],
    'models--a--b',
    /snapshots.0a/,
  ],
])('says what to do with %s', (_, files, path, message) => {
  for (const file of files) write(file);
  expect(() => refuseUnreadable(join(folder, path), true)).toThrowError(
    expect.objectContaining({
      code: 'LOUPE_IMPORT_REFUSED',
      message: expect.stringMatching(message),
    }),
  );
});

test('passes what may be dictionaries', () => {
  write('saes/blocks.1/cfg.json');
  expect(() => refuseUnreadable(join(folder, 'saes'), false)).not.toThrow();
});
