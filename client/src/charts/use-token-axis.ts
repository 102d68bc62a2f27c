import {
  canBeReadIn,
  cssFont,
  fitWidths,
  MAX_EVEN,
  pixelsAt,
  readableWidths,
  scrolled,
  scrollToShow,
  type TokenAxis,
  tokenAxis,
  tokensAt,
} from '@loupe/shared';
import { useCallback, useMemo, useState } from 'react';
import { textWidth } from './text-width.ts';
import { useFaces } from './use-faces.ts';

/** The face of tokens along the axis, and the room a column keeps beside its text. */
export const TOKEN_FACE = cssFont('mono', 12);
const TOKEN_PADDING = 6;

/** `read`: columns as wide as their tokens need; `fit`: the whole prompt; a number: even columns. */
export type AxisZoom = 'read' | 'fit' | number;

export interface AxisControls {
  axis: TokenAxis;
  zoom: AxisZoom;
  /** True where the whole prompt is on screen with every token readable: there is nothing to fit. */
  fits: boolean;
  setZoom: (zoom: AxisZoom) => void;
  /** Scrolls to this many pixels into the prompt. */
  scrollTo: (pixels: number) => void;
  /** Scrolls as little as needed for a position to be on screen. */
  show: (position: number) => void;
  /** Puts this stretch of the prompt, in tokens, on screen. */
  frame: (from: number, to: number) => void;
  /** Zooms by a factor about `x`, which keeps its place on screen. */
  zoomAt: (x: number, factor: number) => void;
}

/** The axis of a prompt: its zoom and its offset. `labels` are the tokens as they are shown. */
export function useTokenAxis(labels: readonly string[], viewport: number): AxisControls {
  const faces = useFaces();
  const [zoom, setZoomState] = useState<AxisZoom>('read');
  const [scroll, setScroll] = useState(0);

  // biome-ignore lint/correctness/useExhaustiveDependencies: a face that arrives changes the widths
  const [read, fit] = useMemo(() => {
    const width = textWidth(TOKEN_FACE);
    const needs = labels.map((label) => width(label) + TOKEN_PADDING);
    return [
      tokenAxis(readableWidths(needs, viewport), viewport, 0),
      tokenAxis(fitWidths(needs, viewport), viewport, 0, canBeReadIn(needs.length, viewport)),
    ];
  }, [labels, viewport, faces]);
  const { count } = fit;

  const axisOf = useCallback(
    (wanted: AxisZoom): TokenAxis => {
      if (wanted === 'read' || read.content <= viewport) return read;
      // Columns that would leave a part of the screen empty are as wide as fills it.
      if (wanted === 'fit' || wanted * count <= viewport) return fit;
      return tokenAxis(new Array<number>(count).fill(wanted), viewport, 0, false);
    },
    [read, fit, count, viewport],
  );
  const unscrolled = useMemo(() => axisOf(zoom), [axisOf, zoom]);
  const axis = useMemo(() => scrolled(unscrolled, scroll), [unscrolled, scroll]);

  const change = useCallback(
    (next: AxisZoom, tokens: number, x: number) => {
      const { scroll: to } = scrolled(axisOf(next), pixelsAt(axisOf(next), tokens) - x);
      setZoomState(next);
      setScroll(to);
    },
    [axisOf],
  );

  return {
    axis,
    zoom,
    fits: read.content <= viewport,
    setZoom: useCallback(
      (next) => {
        const middle = Math.min(axis.viewport, axis.content) / 2;
        change(next, tokensAt(axis, axis.scroll + middle), middle);
      },
      [axis, change],
    ),
    scrollTo: useCallback((pixels) => setScroll(scrolled(axis, pixels).scroll), [axis]),
    show: useCallback((position) => setScroll(scrollToShow(axis, position)), [axis]),
    frame: useCallback(
      (from, to) => {
        const width = Math.floor(viewport / Math.max(1, to - from));
        change(width > MAX_EVEN ? 'read' : width < 1 ? 'fit' : width, from, 0);
      },
      [viewport, change],
    ),
    zoomAt: useCallback(
      (x, factor) => {
        const tokens = tokensAt(axis, axis.scroll + x);
        if (zoom === 'read' && factor >= 1) return;
        const least = viewport / Math.max(count, 1);
        const now = zoom === 'read' ? MAX_EVEN / factor : zoom === 'fit' ? least : zoom;
        const next = factor > 1 ? Math.ceil(now * factor) : Math.floor(now * factor);
        change(next <= least ? 'fit' : next > MAX_EVEN ? 'read' : next, tokens, x);
      },
      [axis, zoom, count, viewport, change],
    ),
  };
}
