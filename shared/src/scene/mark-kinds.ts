import type { NodeKind } from '../graph/attribution-graph.ts';
import type { SourceKind } from '../wire/model.ts';

/** What a mark can stand for: its shape says it, its colour says it again. */
export type MarkKind = SourceKind | 'embedding' | 'error' | 'logit' | 'bias';

/** Outlines in a box of 10 by 10: square attention, circle MLP, triangle residual, and so on. */
export const MARK_PATHS: Record<MarkKind, string> = {
  attention: 'M1 1h8v8H1z',
  mlp: 'M5 .6a4.4 4.4 0 1 1 0 8.8a4.4 4.4 0 0 1 0-8.8z',
  residual: 'M5 .8 9.4 9H.6z',
  embedding: 'M5 .2 9.8 5 5 9.8.2 5z',
  error: 'M2.3.9 5 3.6 7.7.9l1.4 1.4L6.4 5l2.7 2.7-1.4 1.4L5 6.4 2.3 9.1.9 7.7 3.6 5 .9 2.3z',
  logit: 'M2.6.8h4.8L9.8 5 7.4 9.2H2.6L.2 5z',
  bias: 'M5 2 8.4 8H1.6z',
};

/** Okabe and Ito's hues where there is one, so that they are told apart by readers of any colour vision. */
export const MARK_COLOURS: Record<'light' | 'dark', Record<MarkKind, string>> = {
  light: {
    attention: '#0072b2',
    mlp: '#d55e00',
    residual: '#a07800',
    embedding: '#009e73',
    error: '#8a8a85',
    logit: '#b0307e',
    bias: '#8a8a85',
  },
  dark: {
    attention: '#56b4e9',
    mlp: '#f0883e',
    residual: '#e0bc3a',
    embedding: '#2dc79a',
    error: '#8f8f8a',
    logit: '#e48ac4',
    bias: '#8f8f8a',
  },
};

/** The mark of a node: errors of both kinds share one, and positions are embeddings. */
export const NODE_MARKS: Record<NodeKind, MarkKind> = {
  attention: 'attention',
  mlp: 'mlp',
  'attention-error': 'error',
  'mlp-error': 'error',
  embedding: 'embedding',
  position: 'embedding',
  bias: 'bias',
  logit: 'logit',
};
