import { useEffect, useMemo, useState } from 'react';
import type { Size, Viewport } from './viewport.ts';

/** A picture that is larger than the screen, and how it is moved to show what is to be seen. */
export interface Drawn {
  /** Where the layout stands in the picture. */
  viewport: Viewport;
  /** Size of the picture. */
  size: Size;
  /** CSS that lays the picture on the screen. */
  transform: string;
}

/** Share of the screen that is drawn beyond each of its sides, and the most pixels of that. */
const BEYOND = 0.5;
const MAX_BEYOND = 480;
/** A picture is shown larger or smaller than it was drawn up to these factors. */
const MAX_SCALED = 1.5;
const MIN_SCALED = 0.75;
/** Milliseconds without a move after which the picture is drawn for where it has come to. */
const REST = 120;

function beyond(size: number): number {
  return Math.round(Math.min(size * BEYOND, MAX_BEYOND));
}

/** True while a picture that was drawn for one viewport can stand for another. */
export function covers(drawn: Viewport, now: Viewport, screen: Size): boolean {
  const scale = now.k / drawn.k;
  if (scale > MAX_SCALED || scale < MIN_SCALED) return false;
  const inside = (drawnAt: number, at: number, room: number) => {
    const from = at - (drawnAt + beyond(room)) * scale;
    return from <= 0 && from + (room + 2 * beyond(room)) * scale >= room;
  };
  return inside(drawn.x, now.x, screen.width) && inside(drawn.y, now.y, screen.height);
}

/**
 * Draws seldom and moves often: curves by the thousand cannot be drawn anew in every frame, but what is
 * drawn can be moved in each. The picture reaches beyond the screen, and is drawn again once the reader
 * has moved beyond it or has come to rest.
 */
export function useDrawn(viewport: Viewport, screen: Size): Drawn {
  const [drawn, setDrawn] = useState(viewport);
  const same = drawn.k === viewport.k && drawn.x === viewport.x && drawn.y === viewport.y;
  const covered = same || covers(drawn, viewport, screen);
  // Set while rendering, so that no frame is shown in between.
  if (!covered) setDrawn(viewport);
  const { k, x, y } = covered ? drawn : viewport;

  useEffect(() => {
    if (same) return;
    const timer = setTimeout(() => setDrawn(viewport), REST);
    return () => clearTimeout(timer);
  }, [same, viewport]);

  const { width, height } = screen;
  const placed = useMemo(() => {
    const [across, down] = [beyond(width), beyond(height)];
    return {
      viewport: { k, x: x + across, y: y + down },
      size: { width: width + 2 * across, height: height + 2 * down },
    };
  }, [k, x, y, width, height]);
  const scale = viewport.k / k;
  const left = viewport.x - placed.viewport.x * scale;
  const top = viewport.y - placed.viewport.y * scale;
  return { ...placed, transform: `translate(${left}px, ${top}px) scale(${scale})` };
}
