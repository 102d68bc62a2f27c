import type { AttributionGraph } from '../../graph/attribution-graph.ts';
import type { FigureModel } from '../../scene/figure-model.ts';
import { transformItem } from '../../scene/transform-items.ts';
import { type ExportOptions, figureWidth } from '../figure-options.ts';
import { titleItems } from '../title-items.ts';
import { pinnedParts } from './pinned-boxes.ts';
import { pinnedScene } from './pinned-scene.ts';
import { placeBoxes } from './place-boxes.ts';
import { requirePins } from './require-pins.ts';

/** Points of a pixel: titles of boxes are as large as a caption. */
const SCALE = 0.64;

/**
 * The picture of the pinned circuit on the page, on paper: in the middle of its width, and smaller where
 * it would be wider.
 *
 * @throws LoupeError `LOUPE_BAD_REQUEST` if nothing is pinned
 */
export function pinnedFigure(graph: AttributionGraph, options: ExportOptions): FigureModel {
  requirePins(graph);
  const parts = pinnedParts(graph);
  const scene = pinnedScene(graph, parts, placeBoxes(parts.boxes, parts.arrows));
  const width = figureWidth(options);
  const scale = Math.min(SCALE, width / scene.width);
  const title = titleItems(options.title, width);
  const left = (width - scene.width * scale) / 2;
  return {
    width,
    height: Math.ceil(title.height + scene.height * scale),
    title: options.title ?? scene.title,
    description: scene.description,
    items: [
      ...scene.items.map((item) => transformItem(item, scale, left, title.height)),
      ...title.items,
    ],
  };
}
