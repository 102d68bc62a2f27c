import { type D3ZoomEvent, select, type ZoomBehavior, zoom, zoomIdentity, zoomTransform } from 'd3';
import { type RefObject, useCallback, useLayoutEffect, useRef, useState } from 'react';
import {
  fitZoom,
  homeViewport,
  MAX_ZOOM,
  refitted,
  type Shown,
  type Size,
  type Viewport,
} from './viewport.ts';

export interface ViewportControls {
  viewport: Viewport;
  /** Where it is at this moment, which a change under way has not shown yet. */
  now: () => Viewport;
  /** Goes there, as far as the bounds let it. */
  moveTo: (viewport: Viewport) => void;
  /** Zooms by a factor about the middle of the screen. */
  zoomBy: (factor: number) => void;
  /** Back to where it began. */
  home: () => void;
}

/** How far beyond its border the drawing can be moved, in its own pixels. */
const MARGIN = 40;
/** Pixels that the pointer may slip in a click. */
const CLICK_SLIP = 4;

/** Marks what is dragged by itself, so that the drawing behind it stays where it is. */
export const DRAGGED = 'data-dragged';

/** Wheel, fingers and the main button move the drawing, but for what is dragged by itself. */
function movesDrawing({ type, button, target }: MouseEvent): boolean {
  if (button || type === 'dblclick') return false;
  return type === 'wheel' || !(target instanceof Element && target.closest(`[${DRAGGED}]`));
}

/**
 * Lets wheel, drag and fingers move and zoom a drawing. It stays at home while the drawing and the
 * screen change, until something else is brought into view; that then keeps its place on the screen,
 * whatever becomes of its size.
 *
 * @param homeOf where home is; always the same function
 */
export function useViewport(
  element: RefObject<HTMLElement | null>,
  content: Size,
  screen: Size,
  homeOf: (content: Size, screen: Size) => Viewport = homeViewport,
): ViewportControls {
  const [viewport, setViewport] = useState<Viewport>({ k: 1, x: 0, y: 0 });
  const moved = useRef(false);
  const shown = useRef<Shown | null>(null);
  const behaviour = useRef<ZoomBehavior<HTMLElement, unknown> | null>(null);

  useLayoutEffect(() => {
    const target = element.current;
    if (!target) return;
    const made = zoom<HTMLElement, unknown>()
      .clickDistance(CLICK_SLIP)
      .filter(movesDrawing)
      .on('zoom', (event: D3ZoomEvent<HTMLElement, unknown>) => {
        // Events of the reader have a source; the page's own moves have none.
        if (event.sourceEvent) moved.current = true;
        const { k, x, y } = event.transform;
        setViewport({ k, x, y });
      });
    behaviour.current = made;
    select(target).call(made);
    return () => {
      select(target).on('.zoom', null);
      behaviour.current = null;
    };
  }, [element]);

  const moveTo = useCallback(
    ({ k, x, y }: Viewport) => {
      const target = element.current;
      if (!target || !behaviour.current) return;
      moved.current = true;
      select(target).call(behaviour.current.transform, zoomIdentity.translate(x, y).scale(k));
    },
    [element],
  );

  const now = useCallback((): Viewport => {
    const { k, x, y } = element.current ? zoomTransform(element.current) : zoomIdentity;
    return { k, x, y };
  }, [element]);

  const { width, height } = content;
  const { width: across, height: down } = screen;
  const home = useCallback(() => {
    moveTo(homeOf({ width, height }, { width: across, height: down }));
    moved.current = false;
  }, [moveTo, homeOf, width, height, across, down]);

  useLayoutEffect(() => {
    const made = behaviour.current;
    const target = element.current;
    if (!made || !target || across === 0 || down === 0) return;
    const after: Shown = { content: { width, height }, screen: { width: across, height: down } };
    const before = shown.current;
    shown.current = after;
    const least = fitZoom({ width, height }, { width: across, height: down });
    made
      .extent([
        [0, 0],
        [across, down],
      ])
      .scaleExtent([least * 0.8, MAX_ZOOM])
      .translateExtent([
        [-MARGIN, -MARGIN],
        [width + MARGIN, height + MARGIN],
      ]);
    if (!moved.current) return home();
    const sameScreen = before?.screen.width === across && before.screen.height === down;
    if (before && !sameScreen) moveTo(refitted(now(), before, after, homeOf));
    // Moves nothing but what is beyond the bounds.
    select(target).call(made.scaleBy, 1);
  }, [element, width, height, across, down, home, homeOf, moveTo, now]);

  const zoomBy = useCallback(
    (factor: number) => {
      const target = element.current;
      if (!target || !behaviour.current) return;
      moved.current = true;
      select(target).call(behaviour.current.scaleBy, factor);
    },
    [element],
  );

  return { viewport, now, moveTo, zoomBy, home };
}
