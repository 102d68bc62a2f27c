import type { BoxPlaces, PinnedParts } from '@loupe/shared';
import { useEffect, useState } from 'react';
import type { LayoutAnswer, LayoutRequest } from './layout-worker.ts';

/** A pinned circuit with where the layout has put its boxes and arrows. */
export interface PlacedCircuit {
  parts: PinnedParts;
  placed: BoxPlaces;
}

let worker: Worker | undefined;
let asked = 0;

/** The worker; one for the page, begun when there is first something to place. */
function layoutWorker(): Worker {
  worker ??= new Worker(new URL('./layout-worker.ts', import.meta.url), { type: 'module' });
  return worker;
}

/** Places the parts of a circuit; what was placed last stays until the next is. */
export function usePlaces(parts: PinnedParts): PlacedCircuit | null {
  const [result, setResult] = useState<PlacedCircuit | null>(null);
  useEffect(() => {
    const number = ++asked;
    const working = layoutWorker();
    const listen = ({ data }: MessageEvent<LayoutAnswer>) => {
      if (data.number === number) setResult({ parts, placed: data.placed });
    };
    working.addEventListener('message', listen);
    const request: LayoutRequest = {
      number,
      boxes: parts.boxes.map(({ width, height }) => ({ width, height })),
      arrows: parts.arrows.map(({ source, target, label }) => ({ source, target, label })),
    };
    working.postMessage(request);
    return () => working.removeEventListener('message', listen);
  }, [parts]);
  return result;
}
