import {
  columnWidth,
  columnX,
  describeToken,
  formatActivation,
  positionsTrack,
  specialLabel,
  TOKEN_HEIGHTS,
  type Token,
  type TokenAxis,
  type TokenColours,
  tokenColour,
  tokenParts,
  visibleColumns,
} from '@loupe/shared';
import { memo, useEffect, useLayoutEffect, useMemo, useRef } from 'react';
import { SceneCanvas } from '../../charts/scene-canvas.tsx';
import { measureIn } from '../../charts/text-width.ts';
import { TokenLabel } from '../../charts/token-label.tsx';
import { usePrompt } from '../../stores/prompt/store.ts';
import { focusFeatureList, showSelected } from '../selection/focus-list.ts';
import type { OnHover } from './hover.ts';
import type { TracksPalette } from './tracks-palette.ts';
import './token-strip.css';

interface TokenStripProps {
  axis: TokenAxis;
  selected: number;
  colours: TokenColours;
  surprisal: readonly (number | null)[] | undefined;
  onHover: OnHover;
}

/** The columns on screen, and the selected one wherever it is, so that it can keep the focus. */
function shownPositions(axis: TokenAxis, selected: number): number[] {
  const { from, to } = visibleColumns(axis);
  const positions = Array.from({ length: to - from }, (_, i) => from + i);
  if (selected < from && selected < axis.count) positions.unshift(selected);
  else if (selected >= to && selected < axis.count) positions.push(selected);
  return positions;
}

/** The tokens as chips, coloured by surprisal or a feature; the keyboard walks them. */
export const TokenStrip = memo(function TokenStrip(props: TokenStripProps) {
  const { axis, selected, colours, surprisal, onHover } = props;
  const { runs } = axis;
  const select = usePrompt((state) => state.select);
  const strip = useRef<HTMLDivElement>(null);
  const hadFocus = useRef(false);

  // The keys that walk tokens work on the whole page; the focus follows them when it is here.
  useLayoutEffect(() => {
    const active = document.activeElement;
    if (
      !hadFocus.current ||
      (active && active !== document.body && !strip.current?.contains(active))
    )
      return;
    const chip = strip.current?.querySelector<HTMLElement>(`[data-position="${selected}"]`);
    if (chip && chip !== active) chip.focus({ preventScroll: true });
  }, [selected]);

  useEffect(() => () => onHover(null), [onHover]);

  return (
    <div
      ref={strip}
      className="token-strip"
      data-track="tokens"
      data-runs={runs}
      role="listbox"
      aria-label="Tokens of the prompt"
      aria-orientation="horizontal"
      style={{ width: axis.viewport, height: TOKEN_HEIGHTS[runs] }}
      onFocus={() => {
        hadFocus.current = true;
      }}
      onBlur={(event) => {
        if (event.relatedTarget) hadFocus.current = false;
      }}
    >
      {shownPositions(axis, selected).map((position) => {
        const token = colours.tokens[position];
        if (!token) return null;
        const { fill, ink } = tokenColour(colours, position);
        const nats = surprisal?.[position];
        return (
          <div
            key={position}
            className="token"
            role="option"
            tabIndex={position === selected ? 0 : -1}
            aria-selected={position === selected}
            aria-setsize={axis.count}
            aria-posinset={position + 1}
            aria-label={`${describeToken(token)}, position ${position}${
              typeof nats === 'number' ? `, surprisal ${formatActivation(nats)} nats` : ''
            }`}
            data-position={position}
            data-special={token.special}
            style={{
              transform: `translateX(${columnX(axis, position)}px)`,
              width: columnWidth(axis, position),
            }}
            onClick={() => {
              select(position);
              showSelected();
            }}
            onKeyDown={(event) => {
              if (event.key !== 'Enter' && event.key !== ' ') return;
              event.preventDefault();
              focusFeatureList();
            }}
            onPointerEnter={() => onHover({ track: 'tokens', position, row: null, by: 'pointer' })}
            onPointerLeave={() => onHover(null)}
            onFocus={(event) => {
              if (event.currentTarget.matches(':focus-visible'))
                onHover({ track: 'tokens', position, row: null, by: 'keyboard' });
            }}
            onBlur={() => onHover(null)}
          >
            <span className="token-chip" style={{ background: fill ?? 'transparent', color: ink }}>
              {runs === 'none' ? null : <TokenLabel token={token} />}
            </span>
          </div>
        );
      })}
    </div>
  );
});

/** The positions of the tokens, as many as there is room for; the selected one always. */
export const PositionLine = memo(function PositionLine(props: {
  axis: TokenAxis;
  selected: number;
  palette: TracksPalette;
}) {
  const { axis, selected, palette } = props;
  const scene = useMemo(() => {
    const { accent, muted } = palette.colours;
    return positionsTrack({ axis, selected, accent, ink: muted, measure: measureIn });
  }, [axis, selected, palette]);
  return <SceneCanvas scene={scene} />;
});

/** The tokens as plain text about as wide as their chips, which decides the widths of the columns. */
export function tokenLabels(tokens: readonly Token[]): string[] {
  return tokens.map((token) =>
    token.special
      ? specialLabel(token)
      : tokenParts(token.text)
          .map(({ kind, text }) => (kind === 'byte' ? `${text}.` : text))
          .join(''),
  );
}
