import { openOverlay, useOverlay } from '../stores/overlays.ts';
import { Dialog } from '../ui/dialog.tsx';
import { COMMAND_KEY, keyCap } from '../ui/keys.ts';
import { SHELL_KEYS } from './keys.ts';
import { usePages } from './pages-context.ts';
import './keyboard-help.css';

/** The window that lists every key. */
export function KeyboardHelp() {
  const keys = [...SHELL_KEYS, ...usePages().flatMap((page) => page.keys ?? [])];
  const groups = [...new Set(keys.map(({ group }) => group))];
  const open = useOverlay((state) => state.open === 'keys');
  return (
    <Dialog
      open={open}
      onOpenChange={(next) => openOverlay(next ? 'keys' : null)}
      title="Keys"
      className="keyboard-help"
    >
      {groups.map((group) => (
        <section key={group}>
          <h3 className="heading">{group}</h3>
          <dl>
            {keys
              .filter((key) => key.group === group)
              .map((key) => (
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
