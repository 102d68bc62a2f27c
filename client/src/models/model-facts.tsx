import { type Architecture, formatBytes, formatCount, formatRounded } from '@loupe/shared';
import type { ModelEntry } from '../stores/models/entries.ts';
import { PerLayer } from './per-layer.tsx';

type Fact = [name: string, value: string, note?: string];

/** `12 × 64`, or the span where layers differ. */
function heads({ heads, headsPerLayer, dHead }: Architecture): string {
  if (!headsPerLayer) return `${heads} × ${dHead}`;
  return `${Math.min(...headsPerLayer)}–${Math.max(...headsPerLayer)} × ${dHead}`;
}

function mlp({ dMlp, dMlpPerLayer }: Architecture): string {
  if (!dMlpPerLayer) return formatCount(dMlp);
  return `${formatCount(Math.min(...dMlpPerLayer))}–${formatCount(Math.max(...dMlpPerLayer))}`;
}

function facts(entry: ModelEntry): Fact[] {
  const { installed, offered } = entry;
  if (!installed) {
    return [
      [
        'parameters',
        formatRounded(offered?.parameters ?? 0),
        formatCount(offered?.parameters ?? 0),
      ],
      ['to download', formatBytes(offered?.bytes ?? 0), 'without dictionaries'],
    ];
  }
  const { architecture, bytes } = installed;
  const { layers, dModel, context, vocabulary, parameters } = architecture;
  return [
    ['layers', String(layers)],
    ['heads', heads(architecture), 'heads of a layer × width of a head'],
    ['d_model', formatCount(dModel)],
    ['d_mlp', mlp(architecture)],
    ['context', formatCount(context), 'longest prompt in tokens, BOS included'],
    ['vocabulary', formatCount(vocabulary)],
    ['parameters', formatRounded(parameters), formatCount(parameters)],
    ...(bytes === undefined
      ? []
      : [['on disk', formatBytes(bytes), 'without dictionaries'] satisfies Fact]),
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
