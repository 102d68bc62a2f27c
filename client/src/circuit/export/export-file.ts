import {
  type AttributionGraph,
  EXPORT_FORMATS,
  type ExportFormat,
  type ExportOptions,
  exportText,
  fromCodePoints,
  graphFileName,
  isTextFormat,
  MISSING_GLYPHS_HEADER,
  writeGraphJson,
} from '@loupe/shared';
import { request } from '../../api/http.ts';

/** Options without what is not set, as the server wants them. */
function given(options: ExportOptions): ExportOptions {
  return Object.fromEntries(
    Object.entries(options).filter(([, value]) => value !== undefined && value !== ''),
  );
}

/** A file that a graph was exported as. */
export interface ExportedFile {
  name: string;
  content: Blob;
  /** Characters that no font of the server has, and that are written by their codes. */
  missing: string[];
}

/**
 * A graph as a file: text is written here, the rest by the server, which has the fonts and libraries.
 *
 * @param graph with the reader's view in it
 * @throws LoupeError as `exportText`, and the server's own
 */
export async function exportFile(
  graph: AttributionGraph,
  format: ExportFormat,
  options: ExportOptions,
): Promise<ExportedFile> {
  const { type } = EXPORT_FORMATS[format];
  const name = graphFileName(graph, format, options);
  if (isTextFormat(format)) {
    const content = new Blob([exportText(graph, format, given(options))], { type });
    return { name, content, missing: [] };
  }
  const body = { graph: writeGraphJson(graph), format, options: given(options) };
  const response = await request('/circuits/render', { body, accept: type });
  const missing = fromCodePoints(response.headers.get(MISSING_GLYPHS_HEADER) ?? '');
  return { name, content: await response.blob(), missing };
}
