import { useCallback, useEffect, useId, useLayoutEffect, useMemo, useState } from 'react';
import { usePan } from '../../charts/use-pan.ts';
import { useTokenAxis } from '../../charts/use-token-axis.ts';
import { useWidth } from '../../charts/use-width.ts';
import type { Run } from '../../stores/prompt/run.ts';
import { colouringFeature } from '../../stores/prompt/state.ts';
import { usePrompt } from '../../stores/prompt/store.ts';
import { useColours } from '../../theme/theme.ts';
import { Boundary } from '../../ui/boundary.tsx';
import { showSelected } from '../selection/focus-list.ts';
import { ColumnLight } from './column-light.tsx';
import { type Hover, sameCell, sameHover } from './hover.ts';
import { scoreInk } from './ink.ts';
import { LensSection } from './lens-section.tsx';
import { mapLayout } from './map-rows.ts';
import { MapSection } from './map-section.tsx';
import { PinnedSection } from './pinned-section.tsx';
import { PositionsStave } from './positions-stave.tsx';
import { ScoreHead } from './score-head.tsx';
import { GUTTER, MARGIN } from './score-layout.ts';
import { ScoreTooltip } from './score-tooltip.tsx';
import { specialMask } from './special.ts';
import { SurprisalStave } from './surprisal-stave.tsx';
import { surprisalShading, tokenShading } from './token-shade.ts';
import { TokenStrip, tokenLabels } from './token-strip.tsx';
import { useKeptTooltip } from './use-kept-tooltip.ts';
import './prompt-score.css';

/** Everything that has a value per token, as staves on one axis; empty until there is a run. */
export function PromptScore() {
  const run = usePrompt((state) => state.run);
  return run && run.tokens.length > 0 ? <Score run={run} /> : null;
}

/** Asks for the run on screen again, as where a part of it cannot be shown. */
function runAgain(): void {
  const { run, runNow } = usePrompt.getState();
  if (run) runNow({ prompt: run.prompt, model: run.model });
}

function Score({ run }: { run: Run }) {
  const selection = usePrompt((state) => state.selection);
  const select = usePrompt((state) => state.select);
  const pinned = usePrompt((state) => state.pinned);
  const coloured = usePrompt(colouringFeature);
  const ink = scoreInk(useColours());
  const scoreId = useId();
  const [body, width] = useWidth<HTMLDivElement>();
  const { tokens, sources } = run;
  const selected = Math.min(selection.position, tokens.length - 1);

  const labels = useMemo(() => tokenLabels(tokens), [tokens]);
  const controls = useTokenAxis(labels, Math.max(0, width - GUTTER - MARGIN));
  const { axis, readable, show } = controls;
  usePan(body, controls, GUTTER);

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
      setKept({ stave: 'lens', position, row, by: 'pointer' });
    },
    [select, setKept],
  );

  const layout = useMemo(() => mapLayout(sources), [sources]);
  const special = specialMask(tokens);
  const surprise = useMemo(() => surprisalShading(run), [run]);
  const shading = useMemo(() => tokenShading(run, coloured), [run, coloured]);
  const hovered = hover?.position ?? null;
  const over = (stave: Hover['stave']) => (hover?.stave === stave ? hover : null);

  return (
    <section className="score" aria-label="Score of the prompt">
      <ScoreHead
        run={run}
        controls={controls}
        shading={shading}
        selected={selected}
        ink={ink}
        scoreId={scoreId}
        pinned={pinned}
      />
      <div ref={body} id={scoreId} className="score-body">
        {measured && (
          <div
            className="score-staves"
            data-before={(readable && axis.scroll > 0) || undefined}
            data-after={(readable && axis.scroll + axis.viewport < axis.content) || undefined}
          >
            <ColumnLight axis={axis} selected={selected} hovered={hovered} />
            <div className="score-top">
              <ColumnLight axis={axis} selected={selected} hovered={hovered} />
              <div className="stave">
                <div className="stave-label">token</div>
                <div className="stave-column">
                  <TokenStrip
                    tokens={tokens}
                    axis={axis}
                    readable={readable}
                    selected={selected}
                    shading={shading}
                    surprisal={run.outcome?.surprisal}
                    ink={ink}
                    onHover={onHover}
                  />
                  <PositionsStave axis={axis} selected={selected} ink={ink} />
                </div>
              </div>
            </div>
            <Boundary what="The surprisal" subject={run} onRetry={runAgain}>
              <SurprisalStave
                axis={axis}
                shading={surprise}
                special={special}
                ink={ink}
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
                ink={ink}
                onHover={onHover}
              />
            </Boundary>
            <Boundary what="The pinned features" subject={run} onRetry={runAgain}>
              <PinnedSection
                run={run}
                axis={axis}
                pinned={pinned}
                ink={ink}
                onHover={onHover}
                onChoose={onChoose}
              />
            </Boundary>
            <Boundary what="The logit lens" subject={run} onRetry={runAgain}>
              <LensSection
                run={run}
                axis={axis}
                selected={selected}
                hovered={over('lens')}
                column={hovered}
                ink={ink}
                onHover={onHover}
                onChoose={onKeep}
              />
            </Boundary>
          </div>
        )}
      </div>
      {kept && (
        <ScoreTooltip
          run={run}
          layout={layout}
          axis={axis}
          hover={kept}
          onClose={() => setKept(null)}
        />
      )}
      {hover && !(kept && sameCell(hover, kept)) && (
        <ScoreTooltip run={run} layout={layout} axis={axis} hover={hover} />
      )}
    </section>
  );
}
