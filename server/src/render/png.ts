import {
  type AttributionGraph,
  type ExportOptions,
  embeddedGraph,
  figureOf,
  figureToSvg,
  LoupeError,
} from '@loupe/shared';
import { Resvg } from '@resvg/resvg-js';
import { drawable } from './drawable.ts';
import { FONT_FILES, systemFonts } from './fonts.ts';
import { withGraph } from './png-chunks.ts';
import type { Rendering } from './rendering.ts';

/** Pixels of an inch at scale 1, as in CSS. */
const PIXELS_PER_INCH = 96;
const POINTS_PER_INCH = 72;
const METRES_PER_INCH = 0.0254;
const DEFAULT_SCALE = 3;
/** Four bytes each are held in memory. */
const MAX_PIXELS = 100_000_000;

/**
 * A graph as a PNG, which carries its data as the SVG does and says how large it is in print.
 *
 * @throws LoupeError `LOUPE_BAD_REQUEST` if it would have too many pixels, or nothing is pinned
 */
export function graphToPng(
  graph: AttributionGraph,
  options: ExportOptions = {},
  { fonts = systemFonts(), onMissing }: Rendering = {},
): Buffer {
  const { scale = DEFAULT_SCALE, theme = 'light' } = options;
  const drawn = drawable(graph, options, fonts);
  const figure = figureOf(drawn.graph, drawn.options);
  const zoom = (scale * PIXELS_PER_INCH) / POINTS_PER_INCH;
  const width = Math.round(figure.width * zoom);
  const height = Math.round(figure.height * zoom);
  if (width * height > MAX_PIXELS) {
    throw new LoupeError(
      'LOUPE_BAD_REQUEST',
      `A picture of ${width} by ${height} pixels is too large. Choose a smaller scale, or SVG.`,
    );
  }
  onMissing?.(drawn.missing);
  const fontFiles = new Set([
    ...Object.values(FONT_FILES),
    ...drawn.standIns.map(({ file }) => file),
  ]);
  const picture = new Resvg(figureToSvg(figure, theme), {
    fitTo: { mode: 'width', value: width },
    // Reading all of the system's fonts would take longer than drawing.
    font: { fontFiles: [...fontFiles], loadSystemFonts: false, defaultFontFamily: 'Inter' },
  });
  const pixelsPerMetre = Math.round((scale * PIXELS_PER_INCH) / METRES_PER_INCH);
  return withGraph(picture.render().asPng(), embeddedGraph(graph, options), pixelsPerMetre);
}
