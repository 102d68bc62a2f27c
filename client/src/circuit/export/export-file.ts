import {
  type AttributionGraph,
  EXPORT_FORMATS,
  type ExportFormat,
  type ExportOptions,
  exportText,
  graphFileName,
  isTextFormat,
  writeGraphJson,
} from '@loupe/shared';
import { request } from '../../api/http.ts';

/** Options without what is not set, as the server wants them. */
function given(options: ExportOptions): ExportOptions {
  return Object.fromEntries(
    Object.entries(options).filter(([, value]) => value !== undefined && value !== ''),
  );
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
): Promise<{ name: string; content: Blob }> {
  const { type } = EXPORT_FORMATS[format];
  const name = graphFileName(graph, format, options);
  if (isTextFormat(format)) {
    return { name, content: new Blob([exportText(graph, format, given(options))], { type }) };
  }
  const body = { graph: writeGraphJson(graph), format, options: given(options) };
  const response = await request('/circuits/render', { body, accept: type });
  return { name, content: await response.blob() };
}
