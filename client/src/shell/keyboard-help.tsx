import { useEffect, useRef } from 'react';
import { openOverlay, useOverlay } from '../stores/overlays.ts';
import { Dialog } from '../ui/dialog.tsx';
import { GLOSSARY_GROUPS } from '../ui/glossary.ts';
import { COMMAND_KEY, keyCap } from '../ui/keys.ts';
import { SHELL_KEYS } from './keys.ts';
import { usePages } from './pages-context.ts';
import './keyboard-help.css';

/** Every key of the shell and of the pages. */
function Keys() {
  const keys = [...SHELL_KEYS, ...usePages().flatMap((page) => page.keys ?? [])];
  const groups = [...new Set(keys.map(({ group }) => group))];
  return (
    <div className="help-columns">
      {groups.map((group) => (
        <section key={group}>
          <h3 className="heading">{group}</h3>
          <dl className="help-keys">
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
    </div>
  );
}

/** Every word of the trade; the one that was asked for is brought into sight. */
function Words({ at }: { at: string | null }) {
  const asked = useRef<HTMLDivElement>(null);
  useEffect(() => asked.current?.scrollIntoView({ block: 'center' }), []);
  return (
    <>
      <h2 className="help-words-title">Words</h2>
      <div className="help-columns">
        {GLOSSARY_GROUPS.map(({ title, entries }) => (
          <section key={title}>
            <h3 className="heading">{title}</h3>
            <dl className="help-words">
              {entries.map(({ word, meaning }) => (
                <div
                  key={word}
                  ref={word === at ? asked : undefined}
                  data-asked={word === at || undefined}
                >
                  <dt>{word}</dt>
                  <dd>{meaning}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </>
  );
}

/** The window that lists every key, and under them what the words of the trade mean. */
export function KeyboardHelp() {
  const open = useOverlay((state) => state.open === 'keys');
  const at = useOverlay((state) => state.at);
  return (
    <Dialog
      open={open}
      onOpenChange={(next) => openOverlay(next ? 'keys' : null)}
      title="Keys and words"
      className="keyboard-help"
    >
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what is longer than the window is scrolled by keys */}
      <section className="help" aria-label="Keys and words" tabIndex={0}>
        <Keys />
        <Words at={at} />
      </section>
    </Dialog>
  );
}
