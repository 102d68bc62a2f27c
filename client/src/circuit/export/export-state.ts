import type { ExportFormat, ExportOptions } from '@loupe/shared';
import { create } from 'zustand';

interface ExportState {
  open: boolean;
  format: ExportFormat;
  options: ExportOptions;
}

/** What the reader exports and how; kept while the page is open. */
export const useExport = create<ExportState>()(() => ({
  open: false,
  format: 'svg',
  options: { what: 'graph', theme: 'light', width: 'page', scale: 3 },
}));

export function openExport(open: boolean): void {
  useExport.setState({ open });
}

export function setOptions(change: ExportOptions): void {
  useExport.setState(({ options }) => ({ options: { ...options, ...change } }));
}

/** Chooses a format; how much of the graph a file holds is another question for each. */
export function setFormat(format: ExportFormat): void {
  const { data: _, ...options } = useExport.getState().options;
  useExport.setState({ format, options });
}
