import { type PointerEvent, useRef } from 'react';
import { useCircuit } from '../../stores/circuit/store.ts';

/** Pixels that the pointer may slip in a click. */
const CLICK_SLIP = 4;

interface Drag {
  key: string;
  pointer: number;
  /** Where the pointer was when it went down, and the box. */
  from: readonly [x: number, y: number];
  place: readonly [x: number, y: number];
  moved: boolean;
}

/** Moves a box to another place, as one step of history. */
export function placeBox(key: string, place: readonly [x: number, y: number]): void {
  const { view, change } = useCircuit.getState();
  change({ places: { ...view.places, [key]: [place[0], place[1]] } }, `place ${key}`);
}

/**
 * Lets boxes be dragged to where the reader wants them.
 *
 * @param k pixels on screen for each of the drawing
 */
export function useDrag(k: number) {
  const drag = useRef<Drag | null>(null);
  /** True from a drag's end until the click that follows it has been passed over. */
  const wasDragged = useRef(false);

  return {
    start(event: PointerEvent<SVGElement>, key: string, place: readonly [number, number]): void {
      if (event.button !== 0) return;
      drag.current = {
        key,
        pointer: event.pointerId,
        from: [event.clientX, event.clientY],
        place,
        moved: false,
      };
      wasDragged.current = false;
      event.currentTarget.setPointerCapture(event.pointerId);
    },

    move(event: PointerEvent<SVGElement>): void {
      const now = drag.current;
      if (now?.pointer !== event.pointerId) return;
      const dx = event.clientX - now.from[0];
      const dy = event.clientY - now.from[1];
      if (!now.moved && Math.hypot(dx, dy) < CLICK_SLIP) return;
      now.moved = true;
      placeBox(now.key, [now.place[0] + dx / k, now.place[1] + dy / k]);
    },

    end(event: PointerEvent<SVGElement>): void {
      const now = drag.current;
      if (now?.pointer !== event.pointerId) return;
      drag.current = null;
      wasDragged.current = now.moved;
      if (now.moved) useCircuit.getState().settle();
    },

    /** True for the click that ends a drag. */
    isEndOfDrag(): boolean {
      const was = wasDragged.current;
      wasDragged.current = false;
      return was;
    },
  };
}
