import { Dialog } from './dialog.tsx';
import { KEYS, type Key, keyCap } from './key-table.ts';
import { COMMAND_KEY } from './keys.ts';
import { openOverlay, useOverlay } from './overlays.ts';
import './keyboard-help.css';

const GROUPS: readonly Key['group'][] = [
  'Anywhere',
  'Tokens and layers',
  'In a list',
  'In the prompt',
  'In a circuit',
  'Sets of a model',
];

/** The window that lists every key. */
export function KeyboardHelp() {
  const open = useOverlay((state) => state.open === 'keys');
  return (
    <Dialog
      open={open}
      onOpenChange={(next) => openOverlay(next ? 'keys' : null)}
      title="Keys"
      className="keyboard-help"
    >
      {GROUPS.map((group) => (
        <section key={group}>
          <h3 className="heading">{group}</h3>
          <dl>
            {KEYS.filter((key) => key.group === group).map((key) => (
              <div key={key.what}>
                <dt>
                  {key.command && <kbd>{COMMAND_KEY}</kbd>}
                  {key.shift && <kbd>Shift</kbd>}
                  {key.keys.map((name) => (
                    <kbd key={name}>{keyCap(name)}</kbd>
                  ))}
                </dt>
                <dd>{key.what}</dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
    </Dialog>
  );
}
