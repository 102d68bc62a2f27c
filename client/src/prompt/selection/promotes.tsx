import type { FeatureInfo, TokenEffect } from '@loupe/shared';
import { Tooltip } from '../../app/tooltip.tsx';
import { activationText } from '../../charts/numbers.ts';
import { TokenText } from '../../charts/token-label.tsx';

/** The tokens that a feature makes more likely, as many as fit whole; all of them in the tooltip. */
export function Promotes({ info }: { info: FeatureInfo | undefined }) {
  if (!info) return <span className="promotes" />;
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
        {info.promotes.slice(0, 6).map(({ id, text }) => (
          <span key={id} className="chip">
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
