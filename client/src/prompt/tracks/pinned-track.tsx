import { formatActivation, type TokenAxis, tokenLabel } from '@loupe/shared';
import { memo, useMemo } from 'react';
import { KindMark } from '../../charts/kind-mark.tsx';
import type { Run } from '../../stores/prompt/run.ts';
import type { Colouring } from '../../stores/prompt/state.ts';
import { usePrompt } from '../../stores/prompt/store.ts';
import { Icon } from '../../ui/icon.tsx';
import { findFeature, shortName } from './feature-ref.ts';
import type { OnHover } from './hover.ts';
import { tokenShading } from './token-shade.ts';
import { TrackPlot } from './track-plot.tsx';
import { featureScene } from './track-scenes.ts';
import type { TracksPalette } from './tracks-palette.ts';

interface PinnedTrackProps {
  run: Run;
  id: string;
  axis: TokenAxis;
  palette: TracksPalette;
  onHover: OnHover;
  onChoose: (position: number) => void;
}

/** A pinned feature along the prompt, scaled to its own strongest activation. */
export const PinnedTrack = memo(function PinnedTrack(props: PinnedTrackProps) {
  const { run, id, axis, palette, onHover, onChoose } = props;
  const info = usePrompt((state) => state.features.get(id));
  const colours = usePrompt((state) => state.colouring === id);
  const togglePin = usePrompt((state) => state.togglePin);
  const setColouring = usePrompt((state) => state.setColouring);
  const found = findFeature(run, id);
  const source = found && run.sources[found.source];
  const arrived = found !== undefined && run.activations[found.source] !== undefined;
  const shading = useMemo(() => (arrived ? tokenShading(run, id) : undefined), [run, id, arrived]);
  const scene = useMemo(() => featureScene(run, id, axis, palette), [run, id, axis, palette]);

  const name = source && found ? shortName(source, found.feature) : id;
  const promoted = info?.promotes[0];
  return (
    <div className="track pinned-track">
      <div className="track-label">
        <button
          type="button"
          className="pinned-name"
          aria-pressed={colours}
          title={`${id}: colour the tokens by it`}
          onClick={() => setColouring(colours ? 'surprisal' : (id as Colouring))}
        >
          <span className="hidden-text">Colour the tokens by feature </span>
          <span className="pinned-id">
            {source && <KindMark kind={source.kind} />}
            {name}
          </span>
          <small className="pinned-promoted">
            {promoted ? tokenLabel(promoted.text) : '\u00a0'}
          </small>
        </button>
        <button
          type="button"
          className="icon-button pinned-remove"
          aria-label={`Unpin feature ${name}`}
          onClick={() => togglePin(id)}
        >
          <Icon name="close" size={12} />
        </button>
      </div>
      <TrackPlot track={`pin:${id}`} scene={scene} onHover={onHover} onChoose={onChoose}>
        {!found && <p className="track-message">not a feature of this model</p>}
        {found && !arrived && run.status !== 'streaming' && (
          <p className="track-message">did not arrive</p>
        )}
        {shading && shading.most === 0 && (
          <p className="track-message">not active on any token of this prompt</p>
        )}
        <p className="hidden-text">{shading && pinnedWords(shading.values, run)}</p>
      </TrackPlot>
    </div>
  );
});

/** Where the feature is active, in words; the first few of many. */
function pinnedWords(values: ArrayLike<number | null>, run: Run): string {
  const active: string[] = [];
  for (let t = 0; t < values.length; t++) {
    const value = values[t] ?? 0;
    if (value > 0) active.push(`${formatActivation(value)} at ${t} ${run.tokens[t]?.text ?? ''}`);
  }
  if (active.length === 0) return '';
  const rest = active.length > 12 ? `, and on ${active.length - 12} more` : '';
  return `Active: ${active.slice(0, 12).join(', ')}${rest}.`;
}
