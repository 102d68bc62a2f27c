import { emptyView } from '@loupe/shared';
import { expect, test } from 'vitest';
import { DEFAULT_QUESTION } from './state.ts';
import { decodeCircuit, encodeCircuit, MAX_LINK_VIEW } from './url-state.ts';

/** What a link says after it has been text. */
function through(link: Parameters<typeof encodeCircuit>[1]) {
  const params = new URLSearchParams();
  const whole = encodeCircuit(params, link);
  return { whole, link: decodeCircuit(new URLSearchParams(params.toString())), params };
}

test('everything comes back, whatever characters are in labels', () => {
  const question = {
    target: ' Mary',
    minus: ' "&=#\n',
    position: 14,
    mode: 'frozen',
    maxNodes: 0,
    attention: 'att-kk',
    mlp: 'tres.dc_2',
    firstPosition: false,
  } as const;
  const view = {
    pinned: ['0_573_2', 'att_3_213_14'],
    groups: [{ label: 'the <name>, ü', members: ['0_573_2', 'E_1290_2'] }],
    labels: { '0_573_2': 'a%20b+c' },
    places: { '0_573_2': [12, -40] as [number, number] },
    clicked: 'bias',
    nodeThreshold: 0.65,
    edgeThreshold: 1,
  };
  expect(through({ question, view })).toMatchObject({ whole: true, link: { question, view } });
});

test('what is as it is by default takes no room', () => {
  const { params, link } = through({ question: DEFAULT_QUESTION, view: emptyView() });
  expect(params.toString()).toBe('why=');
  expect(link).toEqual({ question: DEFAULT_QUESTION, view: {} });
});

test('a view that is too long for a link is left out, and the question stays', () => {
  const pinned = Array.from({ length: MAX_LINK_VIEW / 5 }, (_, i) => `0_${i}_1`);
  const { whole, link } = through({
    question: { ...DEFAULT_QUESTION, target: ' Mary' },
    view: { pinned, nodeThreshold: 0.5 },
  });
  expect(whole).toBe(false);
  expect(link).toEqual({
    question: { ...DEFAULT_QUESTION, target: ' Mary' },
    view: { nodeThreshold: 0.5 },
  });
});

test('an address that asks for no circuit is none', () => {
  expect(decodeCircuit(new URLSearchParams('prompt=a'))).toBeNull();
});

test('what makes no sense is passed over', () => {
  const params = new URLSearchParams({
    why: 'x'.repeat(5000),
    not: '',
    at: '-3',
    mode: 'thawed',
    max: '1e9',
    nodes: '2',
    edges: ' ',
    made: '{"p":[1,"a","a"],"g":[7,[],[3,"b"],["ok",4,"b"]],"l":{"a":5},"x":[["a",null,1]]}',
  });
  expect(decodeCircuit(params)).toEqual({
    question: { ...DEFAULT_QUESTION, target: 'x'.repeat(200) },
    view: { pinned: ['a'], groups: [{ label: 'ok', members: ['b'] }], labels: {} },
  });
  params.set('made', '{');
  expect(decodeCircuit(params)?.view).toEqual({});
  params.set('made', 'null');
  expect(decodeCircuit(params)?.view).toEqual({});
});
