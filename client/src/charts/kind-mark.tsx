import type { SourceKind } from '@loupe/shared';

/** What a mark can stand for: its shape says it, its colour says it again. */
export type MarkKind = SourceKind | 'embedding' | 'error' | 'logit';

/** Outlines in a box of 10 by 10: square attention, circle MLP, triangle residual, and so on. */
export const MARK_PATHS: Record<MarkKind, string> = {
  attention: 'M1 1h8v8H1z',
  mlp: 'M5 .6a4.4 4.4 0 1 1 0 8.8a4.4 4.4 0 0 1 0-8.8z',
  residual: 'M5 .8 9.4 9H.6z',
  embedding: 'M5 .2 9.8 5 5 9.8.2 5z',
  error: 'M2.3.9 5 3.6 7.7.9l1.4 1.4L6.4 5l2.7 2.7-1.4 1.4L5 6.4 2.3 9.1.9 7.7 3.6 5 .9 2.3z',
  logit: 'M2.6.8h4.8L9.8 5 7.4 9.2H2.6L.2 5z',
};

export const KIND_WORDS: Record<SourceKind, string> = {
  attention: 'attention',
  mlp: 'MLP',
  residual: 'residual stream',
};

/** The small mark of a kind. Say the kind in words beside it where it is not said already. */
export function KindMark({ kind, size = 9 }: { kind: MarkKind; size?: number }) {
  return (
    <svg className="kind-mark" width={size} height={size} viewBox="0 0 10 10" aria-hidden="true">
      <path d={MARK_PATHS[kind]} fill={`var(--${kind})`} />
    </svg>
  );
}
