import { type TokenAxis, tokensAt } from '@loupe/shared';
import { type KeyboardEvent, type PointerEvent, useCallback, useRef } from 'react';
import { pooled } from './pool.ts';
import { TrackCanvas } from './track-canvas.tsx';
import type { AxisControls } from './use-token-axis.ts';
import './minimap.css';

export interface MinimapProps {
  /** Id of the element that it scrolls. */
  controls: string;
  axis: TokenAxis;
  scrollTo: AxisControls['scrollTo'];
  frame: AxisControls['frame'];
  /** A value for each token, drawn along the whole prompt. */
  values: ArrayLike<number | null>;
  /** The value with the full height. */
  most: number;
  colour: string;
  /** The selected token. */
  selected: number;
  width: number;
}

const HEIGHT = 26;
/** Pixels at either end of the window that change its width rather than move it. */
const HANDLE = 6;
/** The window never gets too thin to be caught. */
const MIN_WINDOW = 14;

type Grip = 'start' | 'middle' | 'end';

/**
 * The whole prompt in one strip, and the window on it that is on screen: dragging it scrolls, dragging
 * an edge zooms, arrow keys scroll.
 */
export function Minimap(props: MinimapProps) {
  const { controls, axis, scrollTo, frame, values, most, colour, selected, width } = props;
  const strip = useRef<HTMLDivElement>(null);
  const drag = useRef<{ grip: Grip; offset: number } | null>(null);
  const from = tokensAt(axis, axis.scroll);
  const to = tokensAt(axis, axis.scroll + axis.viewport);
  const perToken = width / Math.max(1, axis.count);
  const thickness = Math.max(MIN_WINDOW, (to - from) * perToken);
  const left = Math.min(from * perToken, width - thickness);

  const draw = useCallback(
    (context: CanvasRenderingContext2D) => {
      context.fillStyle = colour;
      pooled(values, width).forEach((value, x) => {
        const height = most > 0 ? Math.min(1, value / most) * (HEIGHT - 4) : 0;
        context.fillRect(x, HEIGHT - height, 1, height);
      });
    },
    [values, most, colour, width],
  );

  /** Scrolls so that the window begins this many pixels into the strip. */
  function moveTo(pixels: number): void {
    const room = width - thickness;
    const most = axis.content - axis.viewport;
    scrollTo(room > 0 ? (Math.max(0, Math.min(pixels, room)) / room) * most : 0);
  }

  function onPointerDown(event: PointerEvent<HTMLDivElement>): void {
    if (event.button !== 0) return;
    const x = event.clientX - (strip.current?.getBoundingClientRect().left ?? 0);
    event.currentTarget.setPointerCapture(event.pointerId);
    if (x < left - HANDLE || x > left + thickness + HANDLE) {
      drag.current = { grip: 'middle', offset: thickness / 2 };
      moveTo(x - thickness / 2);
    } else if (x < left + HANDLE) drag.current = { grip: 'start', offset: x - left };
    else if (x > left + thickness - HANDLE) {
      drag.current = { grip: 'end', offset: x - left - thickness };
    } else drag.current = { grip: 'middle', offset: x - left };
  }

  function onPointerMove(event: PointerEvent<HTMLDivElement>): void {
    const x = event.clientX - (strip.current?.getBoundingClientRect().left ?? 0);
    const held = drag.current;
    if (!held) {
      const atEdge =
        Math.abs(x - left) < HANDLE || Math.abs(x - left - thickness) < HANDLE ? 'edge' : '';
      event.currentTarget.dataset.over = atEdge;
      return;
    }
    const tokens = (x - held.offset) / perToken;
    if (held.grip === 'middle') moveTo(x - held.offset);
    else if (held.grip === 'start') frame(Math.min(tokens, to - 3), to);
    else frame(from, Math.max(tokens, from + 3));
  }

  function onKeyDown(event: KeyboardEvent): void {
    const page = axis.viewport * 0.8;
    const steps: Record<string, number> = {
      ArrowLeft: -40,
      ArrowRight: 40,
      PageUp: -page,
      PageDown: page,
      Home: Number.NEGATIVE_INFINITY,
      End: Number.POSITIVE_INFINITY,
    };
    const step = steps[event.key];
    if (step === undefined) return;
    event.preventDefault();
    scrollTo(Math.max(0, Math.min(axis.scroll + step, axis.content)));
  }

  const percent = Math.round((axis.scroll / Math.max(1, axis.content - axis.viewport)) * 100);
  return (
    <div
      ref={strip}
      className="minimap"
      role="scrollbar"
      tabIndex={0}
      aria-label="Part of the prompt on screen"
      aria-orientation="horizontal"
      aria-controls={controls}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={percent}
      aria-valuetext={`tokens ${Math.floor(from)} to ${Math.ceil(to) - 1} of ${axis.count}`}
      onPointerDown={onPointerDown}
      onPointerMove={onPointerMove}
      onPointerUp={() => {
        drag.current = null;
      }}
      onKeyDown={onKeyDown}
      style={{ width, height: HEIGHT }}
    >
      <TrackCanvas width={width} height={HEIGHT} draw={draw} />
      <div className="minimap-selected" style={{ left: (selected + 0.5) * perToken }} />
      <div className="minimap-window" style={{ left, width: thickness }} />
    </div>
  );
}
