import { expect, test } from 'vitest';
import { formatHash, parseHash } from '../address/address.ts';
import { NO_FILTERS } from './state.ts';
import { decodeLink, encodeLink, type LinkState } from './url-state.ts';

const plain: LinkState = {
  model: undefined,
  prompt: undefined,
  position: null,
  source: null,
  variants: [],
  sets: undefined,
  pinned: [],
  filters: NO_FILTERS,
  shade: 'strongest',
  colouring: 'surprisal',
};

function roundTrip(state: LinkState): LinkState {
  return decodeLink(
    parseHash(formatHash({ page: 'prompt', path: [], params: encodeLink(state) })).params,
  );
}

test('a view as it is by default leaves nothing in the link', () => {
  expect(encodeLink(plain).toString()).toBe('');
  expect(roundTrip(plain)).toEqual(plain);
});

test('every part of a view comes back from its link', () => {
  const full: LinkState = {
    model: 'demo',
    prompt: 'a + b = "c" & 100 % #?/\n\t\u{1f469}‍\u{1f680} é ',
    position: 14,
    source: '3-att-demo',
    variants: ['att-kk__raw-z'],
    sets: ['att-kk', 'tres-dc'],
    pinned: ['3-att-demo/213', '0-mlp-demo/1133'],
    filters: { set: 'att-demo', text: ' Mary, ', minActivation: 0.25, scope: 'here' },
    shade: 'error',
    colouring: '3-att-demo/213',
  };
  expect(roundTrip(full)).toEqual(full);
});

test('an empty prompt is not the same as none', () => {
  expect(roundTrip({ ...plain, prompt: '' }).prompt).toBe('');
  expect(roundTrip(plain).prompt).toBeUndefined();
});

test('the first position is not the same as none', () => {
  expect(roundTrip({ ...plain, position: 0 }).position).toBe(0);
});

test.each([
  ['pos=-1'],
  ['pos=1.5'],
  ['pos=x'],
  ['pins=nonsense,3-att-demo,/5'],
  ['variants=att-kk,__raw-z,att kk__raw-z'],
  ['sets=,a b'],
  ['shade=red'],
  ['scope=nowhere'],
  ['colour=red'],
  ['min=-3'],
  ['min=NaN'],
  ['min=Infinity'],
  ['source=att'],
])('what makes no sense is passed over: %s', (query) => {
  expect(decodeLink(new URLSearchParams(query))).toEqual(plain);
});

test('no more features are pinned than can be, and none twice', () => {
  const ids = Array.from({ length: 20 }, (_, i) => `0-att-demo/${i >> 1}`);
  const { pinned } = decodeLink(new URLSearchParams({ pins: ids.join(',') }));
  expect(pinned).toEqual(Array.from({ length: 8 }, (_, i) => `0-att-demo/${i}`));
});

test('an address without a page is that of the first', () => {
  expect(parseHash('').page).toBe('prompt');
  expect(parseHash('#/?prompt=a?b').params.get('prompt')).toBe('a?b');
});
