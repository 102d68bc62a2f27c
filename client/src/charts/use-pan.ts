import { type RefObject, useEffect, useRef } from 'react';
import type { AxisControls } from './use-token-axis.ts';

/** Pixels to a line, for wheels that count in lines. */
const LINE = 16;
/** How much one notch of a wheel zooms. */
const ZOOM = 1.2;

/**
 * Lets the wheel and the finger move the axis: sideways (or with Shift, or where there is nothing to
 * scroll down) scrolls it, with Ctrl zooms it. `gutter` is the width left of the axis.
 */
export function usePan(
  element: RefObject<HTMLElement | null>,
  controls: AxisControls,
  gutter: number,
): void {
  // The listeners stay for good; what they act on is the latest.
  const latest = useRef(controls);
  latest.current = controls;

  useEffect(() => {
    const target = element.current;
    if (!target) return;

    function onWheel(event: WheelEvent): void {
      const { axis, scrollTo, zoomAt } = latest.current;
      const unit = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? LINE : 1;
      if (event.ctrlKey) {
        event.preventDefault();
        const x = event.clientX - (target?.getBoundingClientRect().left ?? 0) - gutter;
        zoomAt(Math.max(0, x), event.deltaY < 0 ? ZOOM : 1 / ZOOM);
        return;
      }
      const level = !target || target.scrollHeight <= target.clientHeight;
      const sideways = event.shiftKey || level ? event.deltaX || event.deltaY : event.deltaX;
      if (sideways === 0 || Math.abs(event.deltaY) > Math.abs(sideways)) return;
      if (axis.content <= axis.viewport) return;
      event.preventDefault();
      scrollTo(axis.scroll + sideways * unit);
    }

    let finger: { id: number; x: number; scroll: number } | null = null;
    function onDown(event: PointerEvent): void {
      if (event.pointerType !== 'touch') return;
      finger = { id: event.pointerId, x: event.clientX, scroll: latest.current.axis.scroll };
    }
    function onMove(event: PointerEvent): void {
      if (finger?.id !== event.pointerId) return;
      latest.current.scrollTo(finger.scroll + finger.x - event.clientX);
    }
    function onUp(event: PointerEvent): void {
      if (finger?.id === event.pointerId) finger = null;
    }

    // Not passive: a sideways swipe would otherwise go back in the browser's history.
    target.addEventListener('wheel', onWheel, { passive: false });
    target.addEventListener('pointerdown', onDown);
    target.addEventListener('pointermove', onMove);
    target.addEventListener('pointerup', onUp);
    target.addEventListener('pointercancel', onUp);
    return () => {
      target.removeEventListener('wheel', onWheel);
      target.removeEventListener('pointerdown', onDown);
      target.removeEventListener('pointermove', onMove);
      target.removeEventListener('pointerup', onUp);
      target.removeEventListener('pointercancel', onUp);
    };
  }, [element, gutter]);
}
