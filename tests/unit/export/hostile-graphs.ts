import { type AttributionGraph, emptyView, type GraphNode, nodeId } from '@loupe/shared';
import fc from 'fast-check';

/** Texts that would break out of one format or another, or disturb what stands around them. */
export const NASTY = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "'; alert(1); '",
  ']]><x/>',
  '--><b>',
  '</metadata></svg>',
  '</script><script>',
  '<!--<script>',
  '`+alert(1)+`',
  'a\\"b\\\\',
  'line\nbreak\r\tand tab',
  'end',
  '=HYPERLINK("http://x")',
  '@SUM(A1)',
  '\u202egnp.exe',
  '\u0000\u0001\u001b[31m',
  '\ud800',
  '\ufffe\uffff',
  '&lt;&amp;&#60;',
  '%%{init: {"securityLevel": "loose"}}%%',
  'click n0 "javascript:alert(1)"',
  'الرسم العربي',
  '漢字かな交じり文',
  '😀'.repeat(40),
  'x'.repeat(500),
  '',
];

const hostileText = fc.oneof(
  fc.constantFrom(...NASTY),
  fc.string({ unit: 'binary', maxLength: 30 }),
);

/** Small graphs in which everything that is a text may be anything. */
export const hostileGraphs: fc.Arbitrary<AttributionGraph> = fc
  .record({
    texts: fc.array(hostileText, { minLength: 14, maxLength: 14 }),
    weights: fc.array(fc.float({ noNaN: true, noDefaultInfinity: true, min: -50, max: 50 }), {
      minLength: 5,
      maxLength: 5,
    }),
    place: fc.tuple(fc.integer({ min: -500, max: 500 }), fc.integer({ min: -500, max: 500 })),
  })
  .map(({ texts, weights, place }) => hostileGraph(texts, weights, place));

/** A graph of five nodes, two of them in a group, whose texts are those given. */
export function hostileGraph(
  texts: readonly string[],
  weights: readonly number[],
  place: [x: number, y: number],
): AttributionGraph {
  const text = (at: number) => texts[at] as string;
  const node = (kind: GraphNode['kind'], layer: number, position: number, label: string) => ({
    ...{ kind, layer, position, label, feature: 7, activation: 1.5 },
    id: nodeId({ kind, layer, feature: 7, position }),
    source: layer >= 0 && layer < 2 && kind !== 'logit' ? `${layer}-set` : undefined,
  });
  const nodes = [
    node('embedding', -1, 0, text(0)),
    node('mlp', 0, 0, text(1)),
    node('attention', 1, 1, text(2)),
    node('mlp-error', 1, 1, text(3)),
    node('logit', 2, 1, text(4)),
  ];
  const pinned = nodes.map(({ id }) => id);
  return {
    ...{ model: text(5), slug: text(6), prompt: text(7), tokens: [text(8), text(9)] },
    ...{ mode: 'features' as const, layers: 2, nodes },
    edges: {
      source: Int32Array.of(0, 1, 2, 3, 1),
      target: Int32Array.of(1, 2, 4, 4, 4),
      weight: Float32Array.from(weights),
    },
    quality: { exactness: 0, replacement: 0.5, completeness: 0.5, omittedInfluence: 0 },
    view: {
      ...emptyView(),
      ...{ pinned, nodeThreshold: 1, edgeThreshold: 1 },
      groups: [{ label: text(10), members: pinned.slice(1, 3) }],
      labels: { [pinned[0] as string]: text(11), [pinned[3] as string]: text(12) },
      places: { [pinned[4] as string]: place, [text(10)]: place },
    },
  };
}

export { hostileText };
