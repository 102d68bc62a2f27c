import type { FeatureInfo, TokenEffect } from '@loupe/shared';
import { Tooltip } from '../../app/tooltip.tsx';
import { activationText } from '../../charts/numbers.ts';
import { TokenText } from '../../charts/token-label.tsx';
import { searchedFirst } from './search.ts';

/** Chips that are tried; those that do not fit whole are not shown. */
const TRIED = 6;

/**
 * The tokens that a feature makes more likely, as many as fit whole; all of them in the tooltip. Those
 * that a search found come first and are marked.
 */
export function Promotes({ info, search }: { info: FeatureInfo | undefined; search: string }) {
  if (!info) return <span className="promotes" />;
  const found = searchedFirst(info.promotes, search);
  return (
    <Tooltip
      side="left"
      content={
        <div className="effects">
          {info.withoutTokens ? (
            <p>{info.withoutTokens}</p>
          ) : (
            <>
              <Effects title="promotes" effects={info.promotes} />
              <Effects title="demotes" effects={info.demotes} />
              <p>logit for each unit of activation, final scale left out</p>
            </>
          )}
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
          <span>{activationText(effect)}</span>
        </dd>
      ))}
    </dl>
  );
}
