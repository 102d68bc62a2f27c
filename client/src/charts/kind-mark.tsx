import { MARK_PATHS, type MarkKind, type SourceKind } from '@loupe/shared';

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
