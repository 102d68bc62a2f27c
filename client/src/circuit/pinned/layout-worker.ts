import { type BoxPlaces, type BoxSize, type LabelledArrow, placeBoxes } from '@loupe/shared';

/** What the page asks of the worker. */
export interface LayoutRequest {
  /** Given back with the answer. */
  number: number;
  boxes: BoxSize[];
  arrows: LabelledArrow[];
}

export interface LayoutAnswer {
  number: number;
  placed: BoxPlaces;
}

// Beside the page, which goes on drawing meanwhile.
addEventListener('message', ({ data }: MessageEvent<LayoutRequest>) => {
  const answer: LayoutAnswer = { number: data.number, placed: placeBoxes(data.boxes, data.arrows) };
  postMessage(answer);
});
