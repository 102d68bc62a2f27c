import type { BoxPlaces } from '@loupe/shared';
import { useEffect, useState } from 'react';
import type { DrawnCircuit } from './drawn-boxes.ts';
import type { LayoutAnswer, LayoutRequest } from './layout-worker.ts';

/** A circuit with where its boxes stand. */
export interface PlacedCircuit {
  circuit: DrawnCircuit;
  placed: BoxPlaces;
}

let worker: Worker | undefined;
let asked = 0;

/** The worker; one for the page, begun when there is first something to place. */
function layoutWorker(): Worker {
  worker ??= new Worker(new URL('./layout-worker.ts', import.meta.url), { type: 'module' });
  return worker;
}

/** Places the boxes of a circuit; what was placed last stays until the next is. */
export function usePlaces(circuit: DrawnCircuit): PlacedCircuit | null {
  const [result, setResult] = useState<PlacedCircuit | null>(null);
  useEffect(() => {
    const number = ++asked;
    const working = layoutWorker();
    const listen = ({ data }: MessageEvent<LayoutAnswer>) => {
      if (data.number === number) setResult({ circuit, placed: data.placed });
    };
    working.addEventListener('message', listen);
    const request: LayoutRequest = {
      number,
      boxes: circuit.boxes.map(({ width, height }) => ({ width, height })),
      arrows: circuit.arrows.map(({ source, target }) => ({ source, target })),
    };
    working.postMessage(request);
    return () => working.removeEventListener('message', listen);
  }, [circuit]);
  return result;
}
