import type { AttributionGraph, BoxPlaces, PinnedParts } from '@loupe/shared';
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

/**
 * Places the parts of a circuit; what was placed last of the same graph stays until the next is.
 *
 * @param edges of the graph, by which it is known
 */
export function usePlaces(
  parts: PinnedParts,
  edges: AttributionGraph['edges'],
): PlacedCircuit | null {
  const [result, setResult] = useState<(PlacedCircuit & { of: typeof edges }) | null>(null);
  const [failed, setFailed] = useState<Error | null>(null);
  // A panel that stays empty would say nothing; the boundary about it does, and offers another try.
  if (failed) throw failed;
  useEffect(() => {
    const number = ++asked;
    const working = layoutWorker();
    const listen = ({ data }: MessageEvent<LayoutAnswer>) => {
      if (data.number === number) setResult({ parts, placed: data.placed, of: edges });
    };
    const fail = (event: ErrorEvent) => {
      event.preventDefault();
      worker = undefined;
      setFailed(new Error(event.message || 'The drawing of the circuit could not be loaded.'));
    };
    working.addEventListener('message', listen);
    working.addEventListener('error', fail);
    const request: LayoutRequest = {
      number,
      boxes: parts.boxes.map(({ width, height }) => ({ width, height })),
      arrows: parts.arrows.map(({ source, target, label }) => ({ source, target, label })),
    };
    working.postMessage(request);
    return () => {
      working.removeEventListener('message', listen);
      working.removeEventListener('error', fail);
    };
  }, [parts, edges]);
  return result?.of === edges ? result : null;
}
