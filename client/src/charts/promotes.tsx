import { type FeatureInfo, formatActivation, type TokenEffect } from '@loupe/shared';
import { searchedFirst } from '../ui/search-tokens.ts';
import { Tooltip } from '../ui/tooltip.tsx';
import { TokenText } from './token-label.tsx';

interface PromotesProps {
  info: FeatureInfo | undefined;
  search: string;
  failure?: string | undefined;
}

/** Chips that are tried; those that do not fit whole are not shown. */
const TRIED = 6;

/**
 * The tokens that a feature makes more likely, as many as fit whole; all of them in the tooltip. Those
 * that a search found come first and are marked.
 *
 * @param failure why they are not there and will not come
 */
export function Promotes({ info, search, failure }: PromotesProps) {
  const why = failure ?? info?.withoutTokens;
  if (!info || why !== undefined) {
    return (
      <span className="promotes" title={why}>
        {why !== undefined && (
          <>
            <span aria-hidden="true">—</span>
            <span className="hidden-text">{why}</span>
          </>
        )}
      </span>
    );
  }
  const found = searchedFirst(info.promotes, search);
  return (
    <Tooltip
      side="left"
      content={
        <div className="effects">
          <Effects title="promotes" effects={info.promotes} />
          <Effects title="demotes" effects={info.demotes} />
          <p>logit for each unit of activation, final scale left out</p>
        </div>
      }
    >
      <span className="promotes">
        {found.slice(0, TRIED).map(({ id, text, matches }) => (
          <span key={id} className="chip" data-found={matches || undefined}>
            <TokenText text={text} />
          </span>
        ))}
      </span>
    </Tooltip>
  );
}

function Effects({ title, effects }: { title: string; effects: readonly TokenEffect[] }) {
  return (
    <dl>
      <dt>{title}</dt>
      {effects.slice(0, 8).map(({ id, text, effect }) => (
        <dd key={id}>
          <span className="chip">
            <TokenText text={text} />
          </span>
          <span>{formatActivation(effect)}</span>
        </dd>
      ))}
    </dl>
  );
}
