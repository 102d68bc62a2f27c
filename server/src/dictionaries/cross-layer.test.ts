import { expect, test } from 'vitest';
import { outputHooks } from './cross-layer.ts';

const crossLayer = { first: 0, last: 2 };

test('a source of a cross-layer transcoder writes from its own layer to the last', () => {
  expect(outputHooks({ outputHook: 'blocks.1.hook_mlp_out', crossLayer })).toEqual([
    'blocks.1.hook_mlp_out',
    'blocks.2.hook_mlp_out',
  ]);
});

test('one that writes outside the layers is refused by name, not taken to write nowhere', () => {
  expect(() => outputHooks({ outputHook: 'hook_embed', crossLayer })).toThrowError(
    expect.objectContaining({
      code: 'LOUPE_UNSUPPORTED_DICTIONARY',
      message: expect.stringContaining('hook_embed'),
    }),
  );
});
