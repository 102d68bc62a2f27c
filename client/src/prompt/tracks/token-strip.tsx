import { formatActivation, specialLabel, type Token, tokenParts, tokenWords } from '@loupe/shared';
import { memo, useEffect, useLayoutEffect, useRef } from 'react';
import { stepOf } from '../../charts/colour-scale.ts';
import { columnWidth, columnX, type TokenAxis, visibleColumns } from '../../charts/token-axis.ts';
import { TokenLabel } from '../../charts/token-label.tsx';
import { usePrompt } from '../../stores/prompt/store.ts';
import { focusFeatureList, showSelected } from '../selection/focus-list.ts';
import type { OnHover } from './hover.ts';
import { shareOf } from './map-shade.ts';
import type { TokenShading } from './token-shade.ts';
import type { TracksPalette } from './tracks-palette.ts';
import './token-strip.css';

interface TokenStripProps {
  tokens: readonly Token[];
  axis: TokenAxis;
  /** True when columns are as wide as their tokens need, so that text runs across. */
  readable: boolean;
  selected: number;
  shading: TokenShading;
  surprisal: readonly (number | null)[] | undefined;
  palette: TracksPalette;
  onHover: OnHover;
}

/** Even columns in which text still fits when it runs upwards. */
const UPWARDS_FROM = 11;

type Direction = 'across' | 'upwards' | 'none';

const HEIGHTS: Record<Direction, number> = { across: 26, upwards: 74, none: 14 };

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
  const { tokens, axis, readable, selected, shading, surprisal, palette, onHover } = props;
  const select = usePrompt((state) => state.select);
  const strip = useRef<HTMLDivElement>(null);
  const hadFocus = useRef(false);
  const runs: Direction = readable
    ? 'across'
    : axis.content / axis.count >= UPWARDS_FROM
      ? 'upwards'
      : 'none';

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

  const scale = shading.kind === 'surprisal' ? palette.surprisal : palette.kinds[shading.kind];
  return (
    <div
      ref={strip}
      className="token-strip"
      data-track="tokens"
      data-runs={runs}
      role="listbox"
      aria-label="Tokens of the prompt"
      aria-orientation="horizontal"
      style={{ width: axis.viewport, height: HEIGHTS[runs] }}
      onFocus={() => {
        hadFocus.current = true;
      }}
      onBlur={(event) => {
        if (event.relatedTarget) hadFocus.current = false;
      }}
    >
      {shownPositions(axis, selected).map((position) => {
        const token = tokens[position] as Token;
        const value = token.special ? null : (shading.values[position] ?? null);
        const step = stepOf(scale.fill, value === null ? 0 : shareOf(value, shading.most));
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
            aria-label={`${tokenWords(token)}, position ${position}${
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
            <span
              className="token-chip"
              style={{
                background: token.special
                  ? palette.colours.sunken
                  : step === 0
                    ? 'transparent'
                    : scale.fill[step],
                color: token.special ? palette.colours.muted : scale.ink[step],
              }}
            >
              {runs === 'none' ? null : <TokenLabel token={token} />}
            </span>
          </div>
        );
      })}
    </div>
  );
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
