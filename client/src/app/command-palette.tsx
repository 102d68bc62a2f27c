import { Command } from 'cmdk';
import { useState } from 'react';
import { type PaletteEntry, type PaletteGroup, usePalette } from '../prompt/palette.tsx';
import { Dialog } from './dialog.tsx';
import { openOverlay, useOverlay } from './overlays.ts';
import './command-palette.css';

function Group({ group, onChoose }: { group: PaletteGroup; onChoose: (run: () => void) => void }) {
  return (
    <Command.Group heading={group.title}>
      {group.entries.map(({ id, label, note, run }: PaletteEntry) => (
        <Command.Item key={id} value={id} onSelect={() => onChoose(run)}>
          <span className="palette-label">{label}</span>
          {note && <span className="menu-note">{note}</span>}
        </Command.Item>
      ))}
    </Command.Group>
  );
}

function Palette() {
  const [query, setQuery] = useState('');
  const groups = usePalette(query);
  const choose = (run: () => void) => {
    openOverlay(null);
    run();
  };
  return (
    // Filtered here: a run has thousands of features, of which only the best few are put on screen.
    <Command label="Command palette" shouldFilter={false} loop>
      <Command.Input
        value={query}
        onValueChange={setQuery}
        placeholder="Feature, token, source or action"
      />
      <Command.List label="Results">
        {groups.map((group) => (
          <Group key={group.title} group={group} onChoose={choose} />
        ))}
        {groups.length === 0 && (
          // An option that cannot be chosen, because a list of options must not be without any.
          <Command.Item disabled value="nothing" className="palette-empty">
            Nothing matches. Active features are found by id, 3/213, or by a token they promote.
          </Command.Item>
        )}
      </Command.List>
    </Command>
  );
}

/** The window that finds any feature, token, source, page or action. */
export function CommandPalette() {
  const open = useOverlay((state) => state.open === 'palette');
  return (
    <Dialog
      open={open}
      onOpenChange={(next) => openOverlay(next ? 'palette' : null)}
      title="Command palette"
      hideTitle
      className="palette"
    >
      <Palette />
    </Dialog>
  );
}
