import {
  type AttributionGraph,
  type BinaryFormat,
  type ExportFormat,
  type ExportOptions,
  exportText,
  isTextFormat,
} from '@loupe/shared';
import { edgesToArrow, nodesToArrow } from './arrow.ts';
import { graphToPdf } from './pdf.ts';
import { graphToPng } from './png.ts';
import type { Rendering } from './rendering.ts';

type Writer = (
  graph: AttributionGraph,
  options: ExportOptions,
  rendering: Rendering,
) => Buffer | Promise<Buffer>;

const WRITERS: Record<BinaryFormat, Writer> = {
  png: graphToPng,
  pdf: graphToPdf,
  'nodes.arrow': nodesToArrow,
  'edges.arrow': edgesToArrow,
};

/**
 * A graph in any format.
 *
 * @param rendering what pictures are drawn with; default the fonts of the system
 * @throws LoupeError `LOUPE_BAD_REQUEST` if the pinned circuit is asked for and nothing is pinned, or a
 *   picture would be too large
 */
export async function renderGraph(
  graph: AttributionGraph,
  format: ExportFormat,
  options: ExportOptions = {},
  rendering: Rendering = {},
): Promise<Buffer> {
  if (isTextFormat(format)) return Buffer.from(exportText(graph, format, options));
  return WRITERS[format as BinaryFormat](graph, options, rendering);
}
