import { useEffect } from 'react';
import { useRoute } from '../stores/address/route.ts';
import { openOverlay, useOverlay } from '../stores/overlays.ts';
import { restorePanels } from '../stores/panels.ts';
import { usePrompt } from '../stores/prompt/store.ts';
import { type Key, pressedKey } from '../ui/keys.ts';
import type { Page } from '../ui/page.ts';
import { usePages } from './pages-context.ts';
import { focusPrompt } from './prompt-box.tsx';

/** Where keys belong to what has focus: text, and widgets that arrows walk through. */
const TYPING = 'input, textarea, select, [contenteditable="true"]';
const OWN_KEYS = '[role="menu"], [role="dialog"], [role="tablist"], [role="separator"]';

/** Esc in the shell: what is under way or in the way of every page; false where that is nothing. */
function stepBackInShell(): boolean {
  const { pending, run, cancel } = usePrompt.getState();
  const focused = document.activeElement;
  if (restorePanels()) return true;
  if (pending?.status === 'waiting' || run?.status === 'streaming') cancel();
  else if (focused instanceof HTMLElement && focused.matches(TYPING)) focused.blur();
  else return false;
  return true;
}

/** The keys that work on every page. */
export const SHELL_KEYS: readonly Key[] = [
  { keys: ['/'], what: 'Go to the prompt', group: 'Anywhere', run: focusPrompt },
  {
    keys: ['k'],
    command: true,
    what: 'Find a feature, token, source or action',
    group: 'Anywhere',
    run: () => openOverlay(useOverlay.getState().open === 'palette' ? null : 'palette'),
    whileTyping: true,
    everywhere: true,
  },
  {
    keys: ['?'],
    what: 'Show these keys, and what words mean',
    group: 'Anywhere',
    run: () => openOverlay('keys'),
  },
  // What it does on each page is the page's own.
  {
    keys: ['Escape'],
    what: 'Step back: close, restore panels, cancel, let go of what is chosen',
    group: 'Anywhere',
  },
  { keys: ['Enter'], what: 'Run at once', group: 'In the prompt' },
  { keys: ['Shift+Enter'], what: 'New line', group: 'In the prompt' },
];

/** Every key that does something while a page is in sight. */
export function keysOn(page: Page | undefined): Key[] {
  const stepBack: Key = {
    keys: ['Escape'],
    what: 'Step back',
    group: 'Anywhere',
    run: () => stepBackInShell() || page?.stepBack?.(),
    whileTyping: true,
  };
  return [...SHELL_KEYS, stepBack, ...(page?.keys ?? [])];
}

/** Lets the keys of the shell and of the page in sight act for as long as the component stands. */
export function useKeys(): void {
  const pages = usePages();
  const here = useRoute((route) => route.page);
  useEffect(() => {
    const keys = keysOn(pages.find(({ id }) => id === here) ?? pages[0]);
    function onKeyDown(event: KeyboardEvent): void {
      const target = event.target instanceof Element ? event.target : document.body;
      // What has focus goes first; an input method's keys are not the page's.
      if (event.defaultPrevented || event.isComposing) return;
      const { key, ctrlKey, metaKey, shiftKey, altKey } = event;
      const altGraph = event.getModifierState('AltGraph');
      const press = { key, ctrlKey, metaKey, shiftKey, altKey, altGraph };
      const pressed = pressedKey(keys, press, target.matches(TYPING));
      if (!pressed || (!pressed.everywhere && target.closest(OWN_KEYS))) return;
      event.preventDefault();
      pressed.run?.();
    }
    document.addEventListener('keydown', onKeyDown);
    return () => document.removeEventListener('keydown', onKeyDown);
  }, [pages, here]);
}
