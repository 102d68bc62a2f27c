import { type ModelInfo, promptTokenLabel, type TokenAxis } from '@loupe/shared';
import { DropdownMenu } from 'radix-ui';
import { useMemo, useState } from 'react';
import { HeadScore } from '../../charts/head-score.tsx';
import { attentionRow, type Head, useHead, usePattern } from '../../stores/prompt/attention.ts';
import type { Run } from '../../stores/prompt/run.ts';
import { useServer } from '../../stores/server.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { Icon } from '../../ui/icon.tsx';
import { Menu } from '../../ui/menu.tsx';
import { useRedo } from '../../ui/use-redo.ts';
import type { OnHover } from './hover.ts';
import { TrackHead } from './track-head.tsx';
import { TrackPlot } from './track-plot.tsx';
import { attentionScene } from './track-scenes.ts';
import type { TracksPalette } from './tracks-palette.ts';
import './attention-section.css';

/** Pairs that an explanation lists. */
const PAIRS = 12;

interface AttentionSectionProps {
  run: Run;
  axis: TokenAxis;
  selected: number;
  palette: TracksPalette;
  onHover: OnHover;
}

const nameOf = ({ layer, head }: Head) => `${layer}.${head}`;

/** Where a head looks from the selected token, and, for a token that is clicked, why. */
export function AttentionSection({ run, axis, selected, palette, onHover }: AttentionSectionProps) {
  const head = useHead((state) => state.head);
  const model = useServer(({ models }) => models?.find(({ id }) => id === run.model));
  const [looked, setLooked] = useState<number | null>(null);
  const token = run.tokens[selected];
  if (!model || !token) return null;
  const known = head && head.head < headsOf(model, head.layer) ? head : null;
  const from = <span className="mono">{promptTokenLabel(token)}</span>;
  return (
    <>
      <TrackHead
        title="attention"
        note={
          known ? (
            <span>
              where head {nameOf(known)} looks from {from}; click a token in it to see why
            </span>
          ) : (
            <span>choose a head to see where it looks from {from}</span>
          )
        }
      >
        <HeadChoice model={model} head={known} />
      </TrackHead>
      {known && (
        <AttentionTrack
          {...{ run, axis, selected, palette, onHover }}
          head={known}
          onChoose={(key) => setLooked(key <= selected ? key : null)}
        />
      )}
      {known && looked !== null && looked <= selected && (
        <Dialog
          open
          onOpenChange={() => setLooked(null)}
          title={`Why head ${nameOf(known)} looks from ${place(run, selected)} at ${place(run, looked)}`}
        >
          <HeadScore
            request={{
              model: run.model,
              prompt: run.prompt,
              ...known,
              query: selected,
              key: looked,
              top: PAIRS,
            }}
          />
        </Dialog>
      )}
    </>
  );
}

function labelAt({ tokens }: Run, position: number): string {
  const token = tokens[position];
  return token ? promptTokenLabel(token) : '';
}

function place(run: Run, position: number): string {
  return `${labelAt(run, position)} ${position}`;
}

function headsOf({ architecture }: ModelInfo, layer: number): number {
  return (
    architecture.headsPerLayer?.[layer] ?? (layer < architecture.layers ? architecture.heads : 0)
  );
}

/** All heads of the model, a row a layer, last layer on top. */
function HeadChoice({ model, head }: { model: ModelInfo; head: Head | null }) {
  const layers = Array.from({ length: model.architecture.layers }, (_, layer) => layer).reverse();
  return (
    <>
      {head && (
        <button
          type="button"
          className="quiet-button"
          onClick={() => useHead.setState({ head: null })}
        >
          hide
        </button>
      )}
      <Menu
        trigger={
          <button type="button" className="quiet-button">
            {head ? `head ${nameOf(head)}` : 'choose a head'}
            <Icon name="down" size={12} />
          </button>
        }
      >
        <div className="head-choice">
          {layers.map((layer) => (
            <div key={layer}>
              {Array.from({ length: headsOf(model, layer) }, (_, index) => {
                const one = { layer, head: index };
                const isChosen = head?.layer === layer && head.head === index;
                return (
                  <DropdownMenu.Item
                    key={nameOf(one)}
                    className="head-choice-item"
                    aria-label={`head ${nameOf(one)}`}
                    data-chosen={isChosen || undefined}
                    onSelect={() => useHead.setState({ head: one })}
                  >
                    {nameOf(one)}
                  </DropdownMenu.Item>
                );
              })}
            </div>
          ))}
        </div>
      </Menu>
    </>
  );
}

function AttentionTrack(
  props: AttentionSectionProps & { head: Head; onChoose: (position: number) => void },
) {
  const { run, axis, selected, palette, head, onHover, onChoose } = props;
  const [tries, setTries] = useState(0);
  const { pattern, error } = usePattern(run, head.layer, tries);
  useRedo(error, () => setTries((now) => now + 1));
  const row = useMemo(
    () => (pattern ? attentionRow(pattern, head.head, selected) : undefined),
    [pattern, head.head, selected],
  );
  const scene = useMemo(
    () => attentionScene(run, row ?? [], axis, palette),
    [run, row, axis, palette],
  );
  const top = row && strongest(row, selected);
  return (
    <div className="track attention-track">
      <div className="track-label">
        head {nameOf(head)}
        <small>% of attention</small>
        {top !== undefined && (
          <button
            type="button"
            className="quiet-button attention-why"
            title={`Why it looks at ${place(run, top)}`}
            onClick={() => onChoose(top)}
          >
            why <span className="mono">{labelAt(run, top)}</span>?
          </button>
        )}
      </div>
      <TrackPlot track="attention" scene={scene} onHover={onHover} onChoose={onChoose}>
        {error && (
          <p className="track-message">
            {error.message} <code>{error.code}</code>
          </p>
        )}
        <p className="hidden-text">{row && attentionInWords(run, row)}</p>
      </TrackPlot>
    </div>
  );
}

/** The position that gets most of the attention. */
function strongest(row: Float32Array, selected: number): number {
  let best = 0;
  for (let t = 1; t <= selected; t++) {
    if ((row[t] as number) > (row[best] as number)) best = t;
  }
  return best;
}

/** The tokens that get most of the attention, in words. */
function attentionInWords(run: Run, row: Float32Array): string {
  return Array.from(row, (share, position) => ({ share, position }))
    .sort((a, b) => b.share - a.share)
    .slice(0, 8)
    .map(({ share, position }) => `${(share * 100).toFixed(1)} % at ${place(run, position)}`)
    .join(', ');
}
