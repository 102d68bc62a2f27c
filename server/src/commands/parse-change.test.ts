import { expect, test } from 'vitest';
import { parseChange } from './parse-change.ts';

test.each([
  ['5-att-kk/7515', { feature: '5-att-kk/7515', scale: 0 }],
  ['5-att-kk/7515@14', { feature: '5-att-kk/7515', positions: [14], scale: 0 }],
  ['5-att-kk/7515@-1=2.5', { feature: '5-att-kk/7515', positions: [-1], set: 2.5 }],
  ['5-att-kk/7515*-1e-2', { feature: '5-att-kk/7515', scale: -0.01 }],
  ['head:9.6@3*0.5', { head: '9.6', positions: [3], scale: 0.5 }],
  ['error:mlp:2', { error: 'mlp', layer: 2, scale: 0 }],
])('%s', (text, change) => {
  expect(parseChange(text)).toEqual(change);
});

test.each(['', '9.6', 'head:9', 'head:9.6=2', 'error:residual:2', '5-att-kk/7515=', '5-att-kk/x'])(
  '"%s" is refused',
  (text) => {
    expect(() => parseChange(text)).toThrow(expect.objectContaining({ code: 'LOUPE_BAD_REQUEST' }));
  },
);
