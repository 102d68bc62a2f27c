import { expect, test } from 'vitest';
import { idFromPath } from './id-from-path.ts';

const COMMIT = '0123456789abcdef0123456789abcdef01234567';

test.each([
  ['runs/my gpt2 (2)/', 'my-gpt2-2'],
  ['runs/ckpt.pt', 'ckpt'],
  ['runs/.hidden', 'hidden'],
  [`hub/models--lab--tiny-gpt2/snapshots/${COMMIT}`, 'tiny-gpt2'],
  [`hub/models--gpt2/snapshots/${COMMIT}/`, 'gpt2'],
  [`hub/models--lab--saes/snapshots/${COMMIT}/blocks.5`, 'blocks.5'],
  [`runs/${COMMIT}`, COMMIT],
])('%s is called %s', (path, id) => {
  expect(idFromPath(path)).toBe(id);
});
