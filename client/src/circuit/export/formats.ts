import { EXPORT_FORMATS, type ExportFormat } from '@loupe/shared';

/** Formats by what they are for; one that is new stands with the data. */
const PICTURES: ReadonlySet<string> = new Set(['svg', 'png', 'pdf', 'html']);
const DIAGRAMS: ReadonlySet<string> = new Set(['dot', 'mmd']);

function formatsWhere(is: (format: ExportFormat) => boolean): ExportFormat[] {
  return (Object.keys(EXPORT_FORMATS) as ExportFormat[]).filter(is);
}

/** All formats as they are listed. */
export const FORMAT_GROUPS: readonly { title: string; formats: ExportFormat[] }[] = [
  { title: 'figures', formats: formatsWhere((format) => PICTURES.has(format)) },
  { title: 'diagrams as text', formats: formatsWhere((format) => DIAGRAMS.has(format)) },
  {
    title: 'data',
    formats: formatsWhere((format) => !PICTURES.has(format) && !DIAGRAMS.has(format)),
  },
];

/** True where theme, width and title make a difference. */
export function isPicture(format: ExportFormat): boolean {
  return PICTURES.has(format);
}

/** True for drawings, which are of the graph as it is shown or of the pinned circuit. */
export function isDrawing(format: ExportFormat): boolean {
  return PICTURES.has(format) || DIAGRAMS.has(format);
}
