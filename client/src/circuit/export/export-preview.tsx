import {
  type AttributionGraph,
  type ExportFormat,
  type ExportOptions,
  exportText,
  isTextFormat,
  toLoupeError,
} from '@loupe/shared';
import { useEffect, useMemo, useState } from 'react';
import { Failure } from '../../ui/failure.tsx';
import { isPicture } from './formats.ts';

/** Characters of a text that are shown; the rest is in the file. */
const MAX_TEXT = 4_000;

interface ExportPreviewProps {
  graph: AttributionGraph;
  format: ExportFormat;
  options: ExportOptions;
}

/** What will be in the file: the figure, or how the text begins. */
export function ExportPreview({ graph, format, options }: ExportPreviewProps) {
  const { text, error } = useMemo(() => {
    try {
      // Every picture is of the same figure.
      if (isPicture(format))
        return { text: exportText(graph, 'svg', { ...options, data: 'none' }) };
      return { text: isTextFormat(format) ? exportText(graph, format, options) : undefined };
    } catch (thrown) {
      return { error: toLoupeError(thrown).toBody() };
    }
  }, [graph, format, options]);
  if (error) return <Failure error={error} />;
  if (text === undefined) {
    return <p className="export-none">Binary columns for programs; there is nothing to look at.</p>;
  }
  if (isPicture(format)) return <Picture svg={text} />;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls can be scrolled by key
    <section className="export-text" tabIndex={0} aria-label="Preview">
      {text.slice(0, MAX_TEXT)}
      {text.length > MAX_TEXT && '…'}
    </section>
  );
}

function Picture({ svg }: { svg: string }) {
  const [url, setUrl] = useState<string | undefined>(undefined);
  useEffect(() => {
    const made = URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' }));
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [svg]);
  return url === undefined ? null : (
    <img className="export-picture" src={url} alt="Preview of the figure" />
  );
}
