import { useCallback, useLayoutEffect, useRef, useSyncExternalStore } from 'react';
import { useFaces } from './use-faces.ts';

interface TrackCanvasProps {
  /** In CSS pixels. */
  width: number;
  height: number;
  /** Draws everything anew, in CSS pixels; keep its identity for as long as the picture is the same. */
  draw: (context: CanvasRenderingContext2D) => void;
}

/** Device pixels to a CSS pixel, followed as the window moves between screens or is zoomed. */
function useDevicePixels(): number {
  const subscribe = useCallback((listener: () => void) => {
    const list = matchMedia(`(resolution: ${devicePixelRatio}dppx)`);
    list.addEventListener('change', listener);
    addEventListener('resize', listener);
    return () => {
      list.removeEventListener('change', listener);
      removeEventListener('resize', listener);
    };
  }, []);
  return useSyncExternalStore(subscribe, () => devicePixelRatio);
}

/** A canvas that is sharp on every screen. Give its meaning in words beside it. */
export function TrackCanvas({ width, height, draw }: TrackCanvasProps) {
  const ref = useRef<HTMLCanvasElement>(null);
  const ratio = useDevicePixels();
  const faces = useFaces();

  // Drawn before the frame is shown, so that tracks never part while they scroll.
  // biome-ignore lint/correctness/useExhaustiveDependencies: faces decide how text looks
  useLayoutEffect(() => {
    const canvas = ref.current;
    const context = canvas?.getContext('2d');
    if (!canvas || !context) return;
    const across = Math.round(width * ratio);
    const down = Math.round(height * ratio);
    if (canvas.width !== across) canvas.width = across;
    if (canvas.height !== down) canvas.height = down;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, width, height);
    // No ligatures: tokens show the characters that they have.
    context.textRendering = 'optimizeSpeed';
    draw(context);
  }, [width, height, draw, ratio, faces]);

  return <canvas ref={ref} style={{ width, height }} />;
}
