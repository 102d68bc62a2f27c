import { counted, type ModelInfo, type SourceKind } from '@loupe/shared';
import {
  defaultSets,
  MAX_DEFAULT_SETS,
  setOptions,
  setsThatRun,
} from '../stores/prompt/chosen-sets.ts';
import { usePrompt } from '../stores/prompt/store.ts';
import { useServer } from '../stores/server.ts';
import { Icon } from '../ui/icon.tsx';
import { Menu, MenuCheck, MenuItem, MenuLabel, MenuLine } from '../ui/menu.tsx';
import type { Action } from '../ui/palette-entries.ts';

const KINDS: Record<SourceKind, string> = {
  attention: 'attention',
  mlp: 'MLP',
  residual: 'residual stream',
};

/** What there is to choose among the sets of a model, and what runs of them. */
function choiceAmong(model: ModelInfo | undefined, chosen: readonly string[] | undefined) {
  const options = setOptions(model);
  return { options, running: setsThatRun(options, chosen), preset: defaultSets(options) };
}

/** The order of `options`; undefined where that is the default, which needs no keeping. */
function kept({ options, preset }: ReturnType<typeof choiceAmong>, sets: readonly string[]) {
  const ordered = options.filter(({ set }) => sets.includes(set)).map(({ set }) => set);
  const isPreset = ordered.length === preset.length && preset.every((set) => ordered.includes(set));
  return isPreset ? undefined : ordered;
}

function toggled(running: readonly string[], set: string): string[] {
  return running.includes(set) ? running.filter((one) => one !== set) : [...running, set];
}

/** Which of the installed sets run on the prompt. */
export function SetsMenu() {
  const id = usePrompt((state) => state.model);
  const chosen = usePrompt((state) => state.sets[id]);
  const chooseSets = usePrompt((state) => state.chooseSets);
  const model = useServer((state) => state.models?.find((known) => known.id === id));
  const choice = choiceAmong(model, chosen);
  const { options, running, preset } = choice;
  if (options.length < 2) return null;
  const all = running.length === options.length;
  const count = all
    ? counted(options.length, 'set')
    : `${running.length} of ${options.length} sets`;
  return (
    <Menu
      trigger={
        <button type="button" className="button" aria-label={`Sets that run: ${count}`}>
          {count}
          <Icon name="down" size={12} />
        </button>
      }
    >
      <MenuLabel>sets that run on the prompt</MenuLabel>
      {options.map(({ set, kind, layers }) => (
        <MenuCheck
          key={set}
          checked={running.includes(set)}
          // Without any there would be nothing to see.
          disabled={running.length === 1 && running.includes(set)}
          onChange={() => chooseSets(kept(choice, toggled(running, set)))}
          note={`${KINDS[kind]}, ${counted(layers, 'layer')}`}
        >
          <span className="mono">{set}</span>
        </MenuCheck>
      ))}
      <MenuLine />
      <MenuItem
        disabled={all}
        onSelect={() =>
          chooseSets(
            kept(
              choice,
              options.map(({ set }) => set),
            ),
          )
        }
      >
        Run all of them
      </MenuItem>
      {preset.length < options.length && (
        <>
          <MenuItem disabled={chosen === undefined} onSelect={() => chooseSets(undefined)}>
            Run those that run by default
          </MenuItem>
          <MenuLabel>
            Where more than {MAX_DEFAULT_SETS} sets are installed, the most complete one for
            attention and for MLPs {preset.length === 1 ? 'runs' : 'run'} by default:{' '}
            <span className="mono">{preset.join(', ')}</span>.
          </MenuLabel>
        </>
      )}
    </Menu>
  );
}

/** The same for the command palette. */
export function setActions(): Action[] {
  const { model: id, sets, chooseSets } = usePrompt.getState();
  const model = useServer.getState().models?.find((known) => known.id === id);
  const choice = choiceAmong(model, sets[id]);
  const { options, running } = choice;
  if (options.length < 2) return [];
  return options
    .filter(({ set }) => running.length > 1 || !running.includes(set))
    .map(({ set }) => ({
      label: `${running.includes(set) ? 'Leave out' : 'Run'} the set ${set}`,
      run: () => chooseSets(kept(choice, toggled(running, set))),
    }));
}
