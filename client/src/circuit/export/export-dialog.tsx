import {
  type AttributionGraph,
  type ErrorBody,
  EXPORT_FORMATS,
  type ExportFormat,
  type ExportOptions,
  isTextFormat,
  missingGlyphsNotice,
  toLoupeError,
} from '@loupe/shared';
import { useDeferredValue, useMemo, useState } from 'react';
import { say } from '../../stores/announcer.ts';
import { useGraphWithView } from '../../stores/circuit/use-graph-with-view.ts';
import { copyText, download } from '../../ui/clipboard.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { Failure } from '../../ui/failure.tsx';
import { exportFile } from './export-file.ts';
import { ExportChoices } from './export-options.tsx';
import { ExportPreview } from './export-preview.tsx';
import { openExport, setFormat, useExport } from './export-state.ts';
import { FORMAT_GROUPS, isDrawing } from './formats.ts';
import './export-dialog.css';

/** Saves the graph on screen in any format, with a look at what will be in the file. */
export function ExportDialog() {
  const open = useExport((state) => state.open);
  const graph = useGraphWithView();
  return (
    <Dialog
      open={open && graph !== null}
      onOpenChange={openExport}
      title="Export"
      className="export-dialog"
    >
      {graph && <Export graph={graph} />}
    </Dialog>
  );
}

function Formats({ format }: { format: ExportFormat }) {
  return (
    <fieldset className="export-formats">
      <legend className="hidden-text">Format</legend>
      {FORMAT_GROUPS.map(({ title, formats }) => (
        <div key={title}>
          <h3 className="heading">{title}</h3>
          {formats.map((one) => (
            <label key={one}>
              <input
                type="radio"
                name="format"
                value={one}
                checked={format === one}
                onChange={() => setFormat(one)}
              />
              {EXPORT_FORMATS[one].words}
            </label>
          ))}
        </div>
      ))}
    </fieldset>
  );
}

function Export({ graph }: { graph: AttributionGraph }) {
  const format = useExport((state) => state.format);
  const chosen = useExport((state) => state.options);
  const [working, setWorking] = useState(false);
  const [error, setError] = useState<ErrorBody | null>(null);
  const [notice, setNotice] = useState('');
  const anyPins = graph.view.pinned.length > 0;
  const pinned = anyPins && isDrawing(format) && chosen.what === 'pinned';
  const what = pinned ? 'pinned' : 'graph';
  const options = useMemo(() => ({ ...chosen, what }) satisfies ExportOptions, [chosen, what]);
  // While a title is typed the picture may come a moment later.
  const shown = useDeferredValue(options);

  async function run(then: (name: string, content: Blob) => unknown): Promise<void> {
    setWorking(true);
    setError(null);
    setNotice('');
    try {
      const { name, content, missing } = await exportFile(graph, format, options);
      setNotice(missingGlyphsNotice(missing));
      await then(name, content);
    } catch (thrown) {
      setError(toLoupeError(thrown).toBody());
    } finally {
      setWorking(false);
    }
  }

  function save(name: string, content: Blob): void {
    download(content, name);
    say(`${name} saved`);
  }

  return (
    <div className="export">
      <div className="export-form">
        <Formats format={format} />
        <ExportChoices format={format} anyPins={anyPins} />
      </div>
      <div className="export-look">
        <ExportPreview graph={graph} format={format} options={shown} />
      </div>
      <div role="alert" className="export-error">
        {error && <Failure error={error} />}
        {notice !== '' && <p className="export-notice">{notice}</p>}
      </div>
      <div className="export-actions">
        {isTextFormat(format) && (
          <button
            type="button"
            className="button"
            onClick={() =>
              void run(async (_, content) =>
                copyText(await content.text(), EXPORT_FORMATS[format].words),
              )
            }
          >
            Copy
          </button>
        )}
        <button
          type="button"
          className="button main"
          disabled={working}
          onClick={() => void run(save)}
        >
          {working ? 'Saving…' : 'Save'}
        </button>
      </div>
    </div>
  );
}
