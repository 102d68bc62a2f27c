import { type DragEvent, type ReactNode, useRef, useState } from 'react';
import { openGraphFile } from './files.ts';
import './file.css';

function bringsFiles({ dataTransfer }: DragEvent): boolean {
  return dataTransfer.types.includes('Files');
}

/** Opens a graph that is dropped onto what it holds. */
export function DropZone({ children }: { children: ReactNode }) {
  const [over, setOver] = useState(false);
  // Entering a child is told before leaving its parent.
  const depth = useRef(0);

  function move(event: DragEvent, by: 1 | -1): void {
    if (!bringsFiles(event)) return;
    depth.current += by;
    setOver(depth.current > 0);
  }

  function drop(event: DragEvent): void {
    if (!bringsFiles(event)) return;
    event.preventDefault();
    depth.current = 0;
    setOver(false);
    const [file] = event.dataTransfer.files;
    if (file) void openGraphFile(file);
  }

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the menu opens files by key
    <div
      className="drop-zone"
      onDragEnter={(event) => move(event, 1)}
      onDragLeave={(event) => move(event, -1)}
      onDragOver={(event) => {
        if (bringsFiles(event)) event.preventDefault();
      }}
      onDrop={drop}
    >
      {children}
      {over && <p className="drop-hint">Drop a saved graph to open it</p>}
    </div>
  );
}
