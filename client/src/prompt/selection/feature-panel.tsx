import {
  formatActivation,
  formatCount,
  formatExact,
  type SourceInfo,
  type TokenEffect,
} from '@loupe/shared';
import { useEffect } from 'react';
import { KIND_WORDS, KindMark } from '../../charts/kind-mark.tsx';
import { TokenLabel, TokenText } from '../../charts/token-label.tsx';
import type { FeatureRef, Run } from '../../stores/prompt/run.ts';
import type { Colouring } from '../../stores/prompt/state.ts';
import { usePrompt } from '../../stores/prompt/store.ts';
import { useServer } from '../../stores/server.ts';
import { Icon } from '../../ui/icon.tsx';
import { neuronpediaPage } from '../../ui/neuronpedia.ts';
import { OutsideLink } from '../../ui/outside-link.tsx';
import { shortName } from '../tracks/feature-ref.ts';
import { featureSeries } from '../tracks/feature-series.ts';
import { focusFeatureList } from './focus-list.ts';
import { PinButton } from './pin-button.tsx';
import './feature-panel.css';

/** Entries of each list; what is left out of them is said. */
const SHOWN = 8;

interface FeaturePanelProps {
  run: Run;
  id: string;
  found: FeatureRef;
  source: SourceInfo;
}

/** What is known of a feature: what it does to the logits, where it is active here, where it lives. */
export function FeaturePanel({ run, id, found, source }: FeaturePanelProps) {
  const info = usePrompt((state) => state.features.get(id));
  const failure = usePrompt((state) => state.featureFailures.get(id));
  const requestFeatures = usePrompt((state) => state.requestFeatures);
  const openFeature = usePrompt((state) => state.openFeature);
  const colours = usePrompt((state) => state.colouring === id);
  const setColouring = usePrompt((state) => state.setColouring);
  const model = useServer(({ models }) => models?.find((one) => one.id === run.model));
  useEffect(() => requestFeatures([id]), [id, requestFeatures]);
  const name = shortName(source, found.feature);
  const page = neuronpediaPage(model, source, found.feature);
  const why = failure ?? info?.withoutTokens;
  return (
    <section className="feature-panel" aria-label={`Feature ${name}`}>
      <header>
        <KindMark kind={source.kind} size={11} />
        <h2 className="mono">{id}</h2>
        <span className="feature-panel-links">
          {page && <OutsideLink href={page}>Neuronpedia</OutsideLink>}
          <button
            type="button"
            className="quiet-button"
            aria-pressed={colours}
            onClick={() => setColouring(colours ? 'surprisal' : (id as Colouring))}
          >
            {colours ? 'colours the tokens' : 'colour the tokens'}
          </button>
          <PinButton id={id} name={name} tabIndex={0} />
          <button
            type="button"
            className="icon-button"
            aria-label="Close the feature"
            title="Close (Esc)"
            onClick={() => {
              openFeature(null);
              focusFeatureList();
            }}
          >
            <Icon name="close" size={14} />
          </button>
        </span>
      </header>
      <div className="feature-panel-lists">
        {why === undefined ? (
          <>
            <Effects title="promotes" effects={info?.promotes} />
            <Effects title="demotes" effects={info?.demotes} />
          </>
        ) : (
          <p className="feature-panel-why">{why}</p>
        )}
        <ActiveHere run={run} found={found} />
      </div>
      {info?.heads && <HeadShares layer={source.layer} heads={info.heads} />}
      <Facts source={source} setName={setNameOf(model?.sets, source)} />
    </section>
  );
}

function setNameOf(
  sets: readonly { id: string; name: string }[] | undefined,
  source: SourceInfo,
): string {
  return sets?.find(({ id }) => id === source.set)?.name ?? source.set;
}

function Effects({
  title,
  effects,
}: {
  title: string;
  effects: readonly TokenEffect[] | undefined;
}) {
  return (
    <div>
      <h3
        className="heading"
        title="What it adds to the logit of a token for each unit of activation, less the mean over all tokens; the scale of the final LayerNorm is left out"
      >
        {title}
      </h3>
      <ol>
        {effects?.slice(0, SHOWN).map(({ id, text, effect }) => (
          <li key={id}>
            <span className="mono">
              <TokenText text={text} />
            </span>
            <span>{formatActivation(effect)}</span>
          </li>
        ))}
      </ol>
    </div>
  );
}

/** The tokens of the prompt on which it is active, strongest first; each leads to its token. */
function ActiveHere({ run, found }: { run: Run; found: FeatureRef }) {
  const select = usePrompt((state) => state.select);
  const activations = run.activations[found.source];
  const { positions, values } = activations
    ? featureSeries(activations, found.feature)
    : { positions: [], values: [] };
  const order = Array.from(positions, (position, at) => ({ position, value: values[at] ?? 0 }));
  order.sort((a, b) => b.value - a.value);
  const rest = order.length - SHOWN;
  return (
    <div>
      <h3 className="heading">
        active here on {formatCount(order.length)} of {formatCount(run.tokens.length)}
      </h3>
      <ol>
        {order.slice(0, rest > 0 ? SHOWN - 1 : SHOWN).map(({ position, value }) => {
          const token = run.tokens[position];
          return (
            token && (
              <li key={position}>
                <button
                  type="button"
                  className="mono"
                  title={`Select the token at position ${position}`}
                  onClick={() => select(position)}
                >
                  <TokenLabel token={token} /> <small>{position}</small>
                </button>
                <span>{formatActivation(value)}</span>
              </li>
            )
          );
        })}
        {rest > 0 && <li className="muted">and {formatCount(rest + 1)} more</li>}
      </ol>
    </div>
  );
}

/** The share of the norm of its decoder row that each head writes. */
function HeadShares({ layer, heads }: { layer: number; heads: readonly number[] }) {
  const most = Math.max(...heads);
  return (
    <div className="feature-panel-heads">
      <h3 className="heading" title="Share of the norm of its decoder row that each head writes">
        heads
      </h3>
      <ol>
        {heads.map((share, head) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a head is its index
          <li key={head} title={`head ${layer}.${head}: ${formatExact(share * 100)} %`}>
            <span className="feature-panel-share" aria-hidden="true">
              <span style={{ height: `${most > 0 ? (share / most) * 100 : 0}%` }} />
            </span>
            <span className="mono">
              {layer}.{head}
            </span>
            <small>{Math.round(share * 100)} %</small>
          </li>
        ))}
      </ol>
    </div>
  );
}

function Facts({ source, setName }: { source: SourceInfo; setName: string }) {
  const reads = source.hook === source.outputHook;
  return (
    <p className="feature-panel-facts">
      Layer {source.layer} {KIND_WORDS[source.kind]}, one of {formatCount(source.width)} features of{' '}
      {setName} ({source.activationFunction}); {reads ? 'reads and writes' : 'reads'}{' '}
      <code>{source.hook}</code>
      {!reads && (
        <>
          , writes <code>{source.outputHook}</code>
        </>
      )}
    </p>
  );
}
