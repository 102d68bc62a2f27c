import { counted, formatBytes, formatRounded } from '@loupe/shared';
import { type KeyboardEvent, type ReactNode, useRef } from 'react';
import { isActive, progressText, shareOf } from '../stores/models/download-progress.ts';
import type { ModelEntry } from '../stores/models/entries.ts';
import { useModels } from '../stores/models/store.ts';
import { usePanels } from '../stores/panels.ts';
import { usePrompt } from '../stores/prompt/store.ts';
import { useServer } from '../stores/server.ts';
import { Failure } from '../ui/failure.tsx';
import { Icon } from '../ui/icon.tsx';
import { ProgressBar } from '../ui/progress-bar.tsx';
import { focusSets } from './focus-sets.ts';
import { IMPORT, PROBLEMS } from './place.ts';
import { show, useEntries, usePlace } from './use-shown.ts';
import './model-list.css';

interface ModelListProps {
  entries: readonly ModelEntry[];
}

/** Number of sources there are of a model, and how many could be. */
function sourceCount({ sets, offered }: ModelEntry): string {
  const layers = sets.flatMap((set) => set.layers);
  const installed = layers.filter(({ source }) => source).length;
  return offered ? `${installed} of ${layers.length} sources` : counted(installed, 'source');
}

function ModelFacts({ entry }: { entry: ModelEntry }) {
  const inUse = usePrompt((state) => state.model === entry.id);
  const download = useModels((state) =>
    state.downloads.find((each) => each.model === entry.id && isActive(each)),
  );
  const { id, name, installed, offered } = entry;
  const parameters = installed?.architecture.parameters ?? offered?.parameters;
  const share = download && shareOf(download);
  return (
    <>
      <span className="model-name">
        {name}
        {inUse && <span className="model-mark">in use</span>}
      </span>
      <span className="model-size">
        {parameters === undefined ? '' : formatRounded(parameters)}
        <span className="hidden-text"> parameters</span>
      </span>
      <span className="model-note">
        <span className="mono">{id}</span>
        {' · '}
        {installed ? sourceCount(entry) : formatBytes(offered?.bytes ?? 0)}
      </span>
      <span className="model-share">
        {download && (share === null ? '…' : `${Math.floor((share ?? 0) * 100)} %`)}
      </span>
      {download && (
        <ProgressBar label={name} share={share ?? null} words={progressText(download)} />
      )}
    </>
  );
}

interface Item {
  path: string;
  group: string;
  content: ReactNode;
}

function useItems(entries: readonly ModelEntry[]): Item[] {
  const unusable = useServer((state) => state.unusable);
  const item = (group: string) => (entry: ModelEntry) => ({
    path: entry.id,
    group,
    content: <ModelFacts entry={entry} />,
  });
  return [
    ...entries.filter(({ installed }) => installed).map(item('Installed')),
    ...entries.filter(({ installed }) => !installed).map(item('Available')),
    {
      path: IMPORT,
      group: 'Your own',
      content: <span className="model-name">Import a model or dictionaries</span>,
    },
    ...(unusable.length > 0
      ? [
          {
            path: PROBLEMS,
            group: 'Cannot be used',
            content: (
              <span className="model-name" data-bad="">
                <Icon name="warning" size={14} />
                {counted(unusable.length, 'folder or file', 'folders and files')}
              </span>
            ),
          },
        ]
      : []),
  ];
}

/** The path of what is shown, as the items of the list have it. */
function useShownPath(): string | undefined {
  const place = usePlace();
  switch (place?.what) {
    case 'model':
      return place.model.id;
    case 'import':
      return IMPORT;
    case 'problems':
      return PROBLEMS;
    default:
      return undefined;
  }
}

function List({ entries }: ModelListProps) {
  const items = useItems(entries);
  const shown = useShownPath();
  const list = useRef<HTMLDivElement>(null);
  const current = Math.max(
    0,
    items.findIndex(({ path }) => path === shown),
  );

  function open(path: string): void {
    show(path);
    // Behind tabs, what was chosen comes to the front.
    usePanels.setState({ tab: 'model' });
  }

  function onKeyDown(event: KeyboardEvent): void {
    const moves: Record<string, number> = {
      ArrowDown: current + 1,
      ArrowUp: current - 1,
      Home: 0,
      End: items.length - 1,
    };
    const to = moves[event.key];
    if (to !== undefined) {
      const item = items[Math.max(0, Math.min(to, items.length - 1))];
      if (item) show(item.path);
      const options = list.current?.querySelectorAll<HTMLElement>('[role="option"]');
      options?.[Math.max(0, Math.min(to, items.length - 1))]?.focus();
    } else if (event.key === 'Enter' || event.key === ' ') {
      open(items[current]?.path ?? '');
      focusSets();
    } else return;
    event.preventDefault();
  }

  const groups = [...new Set(items.map(({ group }) => group))];
  return (
    <div ref={list} role="listbox" aria-label="Models" className="models" onKeyDown={onKeyDown}>
      {groups.map((group) => (
        // biome-ignore lint/a11y/useSemanticElements: a group of options
        <div key={group} role="group" aria-label={group}>
          <div className="heading models-group" aria-hidden="true">
            {group}
          </div>
          {items.map((item, index) =>
            item.group !== group ? null : (
              // biome-ignore lint/a11y/useKeyWithClickEvents: keys are the list's
              <div
                key={item.path}
                role="option"
                tabIndex={index === current ? 0 : -1}
                aria-selected={item.path === shown}
                className="model-item"
                onClick={() => open(item.path)}
              >
                {item.content}
              </div>
            ),
          )}
        </div>
      ))}
    </div>
  );
}

/** Why the catalogue is missing from the list. */
function CatalogueFailure() {
  const error = useModels((state) => state.catalogueError);
  const load = useModels((state) => state.loadCatalogue);
  if (!error) return null;
  return (
    <div className="models-failure" role="alert">
      <Failure
        error={{ ...error, message: `The catalogue could not be read. ${error.message}` }}
        action={
          <button type="button" className="button small" onClick={() => void load()}>
            Retry
          </button>
        }
      />
    </div>
  );
}

/** All models there are: installed, to be had, to be imported. */
export function ModelList() {
  const entries = useEntries();
  return (
    <section className="model-list" aria-label="All models">
      {entries && <List entries={entries} />}
      <CatalogueFailure />
    </section>
  );
}
