import type { Architecture } from '@loupe/shared';
import { bytesText, countText, roundText } from '../charts/numbers.ts';
import type { ModelEntry } from './entries.ts';
import { PerLayer } from './per-layer.tsx';

type Fact = [name: string, value: string, note?: string];

/** `12 × 64`, or the span where layers differ. */
function heads({ heads, headsPerLayer, dHead }: Architecture): string {
  if (!headsPerLayer) return `${heads} × ${dHead}`;
  return `${Math.min(...headsPerLayer)}–${Math.max(...headsPerLayer)} × ${dHead}`;
}

function mlp({ dMlp, dMlpPerLayer }: Architecture): string {
  if (!dMlpPerLayer) return countText(dMlp);
  return `${countText(Math.min(...dMlpPerLayer))}–${countText(Math.max(...dMlpPerLayer))}`;
}

function facts(entry: ModelEntry): Fact[] {
  const { installed, offered } = entry;
  if (!installed) {
    return [
      ['parameters', roundText(offered?.parameters ?? 0), countText(offered?.parameters ?? 0)],
      ['to download', bytesText(offered?.bytes ?? 0), 'without dictionaries'],
    ];
  }
  const { architecture, bytes } = installed;
  const { layers, dModel, context, vocabulary, parameters } = architecture;
  return [
    ['layers', String(layers)],
    ['heads', heads(architecture), 'heads of a layer × width of a head'],
    ['d_model', countText(dModel)],
    ['d_mlp', mlp(architecture)],
    ['context', countText(context), 'longest prompt in tokens, BOS included'],
    ['vocabulary', countText(vocabulary)],
    ['parameters', roundText(parameters), countText(parameters)],
    ...(bytes === undefined
      ? []
      : [['on disk', bytesText(bytes), 'without dictionaries'] satisfies Fact]),
  ];
}

/** The model in figures. */
export function ModelFigures({ entry }: { entry: ModelEntry }) {
  const architecture = entry.installed?.architecture;
  return (
    <>
      <dl className="figures">
        {facts(entry).map(([name, value, note]) => (
          <div key={name} title={note}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {architecture?.headsPerLayer && (
        <PerLayer name="heads by layer" values={architecture.headsPerLayer} />
      )}
      {architecture?.dMlpPerLayer && (
        <PerLayer name="d_mlp by layer" values={architecture.dMlpPerLayer} />
      )}
    </>
  );
}
