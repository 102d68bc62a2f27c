/** What a graph can be exported as; the name is the ending of the file. */
export const EXPORT_FORMATS = {
  svg: { words: 'SVG picture', type: 'image/svg+xml', isText: true },
  png: { words: 'PNG picture', type: 'image/png', isText: false },
  pdf: { words: 'PDF', type: 'application/pdf', isText: false },
  html: { words: 'HTML page', type: 'text/html', isText: true },
  dot: { words: 'Graphviz', type: 'text/vnd.graphviz', isText: true },
  mmd: { words: 'Mermaid', type: 'text/plain', isText: true },
  graphml: { words: 'GraphML', type: 'application/graphml+xml', isText: true },
  json: { words: 'Neuronpedia JSON', type: 'application/json', isText: true },
  'nodes.csv': { words: 'nodes as CSV', type: 'text/csv', isText: true },
  'edges.csv': { words: 'edges as CSV', type: 'text/csv', isText: true },
  'nodes.arrow': {
    words: 'nodes as Arrow',
    type: 'application/vnd.apache.arrow.file',
    isText: false,
  },
  'edges.arrow': {
    words: 'edges as Arrow',
    type: 'application/vnd.apache.arrow.file',
    isText: false,
  },
} as const satisfies Record<string, { words: string; type: string; isText: boolean }>;

export type ExportFormat = keyof typeof EXPORT_FORMATS;
type Of<IsText> = {
  [F in ExportFormat]: (typeof EXPORT_FORMATS)[F]['isText'] extends IsText ? F : never;
}[ExportFormat];
/** Formats that are text, and that `shared` can write. */
export type TextFormat = Of<true>;
/** Formats that need fonts or a library that only Node has. */
export type BinaryFormat = Of<false>;

const OTHER_ENDINGS: Record<string, ExportFormat> = { gv: 'dot', mermaid: 'mmd', htm: 'html' };

/** The format that a file's name asks for; `undefined` if it asks for none. */
export function formatOfFile(name: string): ExportFormat | undefined {
  const lower = name.toLowerCase();
  for (const [ending, format] of Object.entries(OTHER_ENDINGS)) {
    if (lower.endsWith(`.${ending}`)) return format;
  }
  return (Object.keys(EXPORT_FORMATS) as ExportFormat[]).find((format) =>
    lower.endsWith(`.${format}`),
  );
}

export function isTextFormat(format: ExportFormat): format is TextFormat {
  return EXPORT_FORMATS[format].isText;
}
