import { Command } from 'cmdk';
import { type KeyboardEvent, useLayoutEffect, useRef, useState } from 'react';
import { openOverlay, useOverlay } from '../stores/overlays.ts';
import { Dialog } from '../ui/dialog.tsx';
import type { PaletteEntry, PaletteGroup } from '../ui/palette-entries.ts';
import { usePalette } from './use-palette.ts';
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

const WALKING_KEYS = new Set(['ArrowDown', 'ArrowUp', 'Home', 'End']);

/**
 * The chosen entry: the best match, also when it is found after others, until the reader goes to
 * another with a key or the pointer.
 */
function useChosen(ids: readonly string[]) {
  const [walkedTo, setWalkedTo] = useState<string | null>(null);
  const walks = useRef(false);
  return {
    chosen: walkedTo !== null && ids.includes(walkedTo) ? walkedTo : (ids[0] ?? NOTHING),
    handlers: {
      onKeyDownCapture: ({ key }: KeyboardEvent) => {
        if (WALKING_KEYS.has(key)) walks.current = true;
      },
      onPointerMoveCapture: () => {
        walks.current = true;
      },
      onValueChange: (id: string) => {
        if (walks.current) setWalkedTo(id);
      },
    },
    reset: () => {
      walks.current = false;
      setWalkedTo(null);
    },
  };
}

/** Id of the entry that says that there is none. */
const NOTHING = 'nothing';

function Palette() {
  const [query, setQuery] = useState('');
  const groups = usePalette(query);
  const root = useRef<HTMLDivElement>(null);
  const { chosen, handlers, reset } = useChosen(
    groups.flatMap(({ entries }) => entries.map(({ id }) => id)),
  );
  // cmdk 1.1 goes on naming the option that was chosen last, also when it has left the list.
  useLayoutEffect(() => {
    const option = root.current?.querySelector('[cmdk-item][aria-selected="true"]');
    for (const element of root.current?.querySelectorAll('[cmdk-input], [cmdk-list]') ?? []) {
      if (option) element.setAttribute('aria-activedescendant', option.id);
      else element.removeAttribute('aria-activedescendant');
    }
  });
  const choose = (run: () => void) => {
    openOverlay(null);
    run();
  };
  return (
    // Filtered here: a run has thousands of features, of which only the best few are put on screen.
    <Command
      ref={root}
      label="Command palette"
      shouldFilter={false}
      loop
      value={chosen}
      {...handlers}
    >
      <Command.Input
        value={query}
        onValueChange={(text) => {
          setQuery(text);
          reset();
        }}
        placeholder="Feature, token, source or action"
      />
      <Command.List label="Results">
        {groups.map((group) => (
          <Group key={group.title} group={group} onChoose={choose} />
        ))}
        {groups.length === 0 && (
          // An option that cannot be chosen, because a list of options must not be without any.
          <Command.Item disabled value={NOTHING} className="palette-empty">
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
