import {
  type CSSProperties,
  useCallback,
  useEffect,
  useId,
  useLayoutEffect,
  useMemo,
  useState,
} from 'react';
import { measureIn } from '../../charts/text-width.ts';
import { usePan } from '../../charts/use-pan.ts';
import { useTokenAxis } from '../../charts/use-token-axis.ts';
import { useWidth } from '../../charts/use-width.ts';
import type { Run } from '../../stores/prompt/run.ts';
import { colouringFeature } from '../../stores/prompt/state.ts';
import { usePrompt } from '../../stores/prompt/store.ts';
import { useColours } from '../../theme/theme.ts';
import { Boundary } from '../../ui/boundary.tsx';
import { showSelected } from '../selection/focus-list.ts';
import { AttentionSection } from './attention-section.tsx';
import { ColumnLight } from './column-light.tsx';
import { type Hover, sameCell, sameHover } from './hover.ts';
import { LensSection } from './lens-section.tsx';
import { mapLayout } from './map-rows.ts';
import { MapSection } from './map-section.tsx';
import { PinnedSection } from './pinned-section.tsx';
import { SurprisalTrack } from './surprisal-track.tsx';
import { tokenShading } from './token-shade.ts';
import { PositionLine, TokenStrip, tokenLabels } from './token-strip.tsx';
import { tokenColours } from './track-scenes.ts';
import { TracksHead } from './tracks-head.tsx';
import { gutterFor, MARGIN } from './tracks-layout.ts';
import { tracksPalette } from './tracks-palette.ts';
import { TracksTooltip } from './tracks-tooltip.tsx';
import { useKeptTooltip } from './use-kept-tooltip.ts';
import './prompt-tracks.css';

/** Everything that has a value per token, as tracks on one axis; empty until there is a run. */
export function PromptTracks() {
  const run = usePrompt((state) => state.run);
  return run && run.tokens.length > 0 ? <Tracks run={run} /> : null;
}

/** Asks for the run on screen again, as where a part of it cannot be shown. */
function runAgain(): void {
  const { run, runNow } = usePrompt.getState();
  if (run) runNow({ prompt: run.prompt, model: run.model });
}

function Tracks({ run }: { run: Run }) {
  const selection = usePrompt((state) => state.selection);
  const select = usePrompt((state) => state.select);
  const pinned = usePrompt((state) => state.pinned);
  const coloured = usePrompt(colouringFeature);
  const palette = tracksPalette(useColours());
  const tracksId = useId();
  const [body, width] = useWidth<HTMLDivElement>();
  const { tokens, sources } = run;
  const selected = Math.min(selection.position, tokens.length - 1);

  const labels = useMemo(() => tokenLabels(tokens), [tokens]);
  const layout = useMemo(() => mapLayout(sources), [sources]);
  const gutter = gutterFor(
    layout.rows.map(({ label }) => label),
    measureIn('regular', 12),
  );
  const controls = useTokenAxis(labels, Math.max(0, width - gutter - MARGIN));
  const { axis, show } = controls;
  const across = axis.runs === 'across';
  usePan(body, controls, gutter);

  // The selected token comes on screen when it changes, and stays where it is when the reader scrolls.
  const measured = axis.viewport > 0;
  // biome-ignore lint/correctness/useExhaustiveDependencies: only a new selection scrolls
  useLayoutEffect(() => {
    if (measured) show(selected);
  }, [selected, tokens.length, measured]);

  const [hover, setHover] = useState<Hover | null>(null);
  const onHover = useCallback(
    (next: Hover | null) => setHover((now) => (sameHover(now, next) ? now : next)),
    [],
  );
  // What is under the pointer moves away as the axis does.
  // biome-ignore lint/correctness/useExhaustiveDependencies: any change of the axis
  useEffect(() => setHover((now) => (now?.by === 'keyboard' ? now : null)), [axis.scroll, tokens]);
  const onChoose = useCallback(
    (position: number) => {
      select(position);
      showSelected();
    },
    [select],
  );
  const [kept, setKept] = useKeptTooltip(selected, run);
  const onKeep = useCallback(
    (position: number, row: number) => {
      select(position);
      setKept({ track: 'lens', position, row, by: 'pointer' });
    },
    [select, setKept],
  );

  const shading = useMemo(() => tokenShading(run, coloured), [run, coloured]);
  const colours = useMemo(() => tokenColours(run, shading, palette), [run, shading, palette]);
  const hovered = hover?.position ?? null;
  const over = (track: Hover['track']) => (hover?.track === track ? hover : null);

  return (
    <section
      className="tracks"
      aria-label="Tracks of the prompt"
      style={{ '--gutter': `${gutter}px` } as CSSProperties}
    >
      <TracksHead
        run={run}
        controls={controls}
        shading={shading}
        selected={selected}
        palette={palette}
        tracksId={tracksId}
        pinned={pinned}
      />
      <div ref={body} id={tracksId} className="tracks-body">
        {measured && (
          <div
            className="tracks-column"
            data-before={(across && axis.scroll > 0) || undefined}
            data-after={(across && axis.scroll + axis.viewport < axis.content) || undefined}
          >
            <ColumnLight axis={axis} selected={selected} hovered={hovered} />
            <div className="tracks-top">
              <ColumnLight axis={axis} selected={selected} hovered={hovered} />
              <div className="track">
                <div className="track-label">token</div>
                <div className="track-column">
                  <TokenStrip
                    axis={axis}
                    selected={selected}
                    colours={colours}
                    surprisal={run.outcome?.surprisal}
                    onHover={onHover}
                  />
                  <PositionLine axis={axis} selected={selected} palette={palette} />
                </div>
              </div>
            </div>
            <Boundary what="The surprisal" subject={run} onRetry={runAgain}>
              <SurprisalTrack
                run={run}
                axis={axis}
                palette={palette}
                onHover={onHover}
                onChoose={onChoose}
              />
            </Boundary>
            <Boundary what="The map of sources" subject={run} onRetry={runAgain}>
              <MapSection
                run={run}
                axis={axis}
                layout={layout}
                selection={
                  selection.position === selected ? selection : { ...selection, position: selected }
                }
                hovered={over('map')}
                column={hovered}
                palette={palette}
                onHover={onHover}
              />
            </Boundary>
            <Boundary what="The pinned features" subject={run} onRetry={runAgain}>
              <PinnedSection
                run={run}
                axis={axis}
                pinned={pinned}
                palette={palette}
                onHover={onHover}
                onChoose={onChoose}
              />
            </Boundary>
            <Boundary what="The attention of a head" subject={run} onRetry={runAgain}>
              <AttentionSection
                run={run}
                axis={axis}
                selected={selected}
                palette={palette}
                onHover={onHover}
              />
            </Boundary>
            <Boundary what="The logit lens" subject={run} onRetry={runAgain}>
              <LensSection
                run={run}
                axis={axis}
                selected={selected}
                hovered={over('lens')}
                column={hovered}
                palette={palette}
                onHover={onHover}
                onChoose={onKeep}
              />
            </Boundary>
          </div>
        )}
      </div>
      {kept && (
        <TracksTooltip
          run={run}
          layout={layout}
          axis={axis}
          hover={kept}
          onClose={() => setKept(null)}
        />
      )}
      {hover && !(kept && sameCell(hover, kept)) && (
        <TracksTooltip run={run} layout={layout} axis={axis} hover={hover} />
      )}
    </section>
  );
}
