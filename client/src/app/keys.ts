import { useEffect } from 'react';
import { stepBackInCircuit } from '../circuit/step-back.ts';
import { useCircuit } from '../circuit/store.ts';
import { focusPrompt } from '../prompt/prompt-box.tsx';
import { usePrompt } from '../prompt/store.ts';
import { actionOf, type KeyAction } from './key-table.ts';
import { openOverlay, useOverlay } from './overlays.ts';
import { restorePanels } from './panels.ts';
import { useRoute } from './router.ts';

const MAC = /Mac|iPhone|iPad/.test(navigator.userAgent);

/** The command key's name on this machine. */
export const COMMAND_KEY = MAC ? '⌘' : 'Ctrl';

/** Where keys belong to what has focus: text, and widgets that arrows walk through. */
const TYPING = 'input, textarea, select, [contenteditable="true"]';
const OWN_KEYS = '[role="menu"], [role="dialog"], [role="tablist"], [role="separator"]';

function stepBack(): void {
  const { pending, run, cancel, selection, select } = usePrompt.getState();
  const focused = document.activeElement;
  if (restorePanels()) return;
  if (pending?.status === 'waiting' || run?.status === 'streaming') cancel();
  else if (focused instanceof HTMLElement && focused.matches(TYPING)) focused.blur();
  else if (useRoute.getState().page === 'circuit') stepBackInCircuit();
  else if (selection.source !== null) select(selection.position, null);
}

function pinHovered(): void {
  const { hovered, togglePin } = usePrompt.getState();
  if (hovered) togglePin(hovered);
}

const HANDLERS: Record<KeyAction, () => void> = {
  'focus-prompt': focusPrompt,
  'previous-token': () => usePrompt.getState().moveToken(-1),
  'next-token': () => usePrompt.getState().moveToken(1),
  'first-token': () => usePrompt.getState().moveToken(-Infinity),
  'last-token': () => usePrompt.getState().moveToken(Infinity),
  'layer-down': () => usePrompt.getState().moveSource(-1),
  'layer-up': () => usePrompt.getState().moveSource(1),
  pin: pinHovered,
  'step-back': stepBack,
  undo: () => useCircuit.getState().undo(),
  redo: () => useCircuit.getState().redo(),
  palette: () => openOverlay(useOverlay.getState().open === 'palette' ? null : 'palette'),
  help: () => openOverlay('keys'),
};

/** What acts on the tokens and the map, and only where they are in sight. */
const OF_THE_PROMPT: ReadonlySet<KeyAction> = new Set<KeyAction>([
  'previous-token',
  'next-token',
  'first-token',
  'last-token',
  'layer-down',
  'layer-up',
  'pin',
]);

/** What no widget has a use for. */
const COMMANDS: ReadonlySet<KeyAction> = new Set<KeyAction>(['palette', 'undo', 'redo']);

/** What acts on the graph on screen. */
const OF_THE_CIRCUIT: ReadonlySet<KeyAction> = new Set<KeyAction>(['undo', 'redo']);

function onKeyDown(event: KeyboardEvent): void {
  const target = event.target instanceof Element ? event.target : document.body;
  // What has focus goes first; an input method's keys are not the page's.
  if (event.defaultPrevented || event.isComposing) return;
  const { key, ctrlKey, metaKey, shiftKey, altKey } = event;
  const altGraph = event.getModifierState('AltGraph');
  const press = { key, ctrlKey, metaKey, shiftKey, altKey, altGraph };
  const action = actionOf(press, target.matches(TYPING));
  if (!action || (!COMMANDS.has(action) && target.closest(OWN_KEYS))) return;
  const { page } = useRoute.getState();
  if (OF_THE_PROMPT.has(action) && page !== 'prompt') return;
  const covered = target.closest('[role="dialog"]') !== null;
  if (OF_THE_CIRCUIT.has(action) && (page !== 'circuit' || covered)) return;
  event.preventDefault();
  HANDLERS[action]();
}

/** Lets the keys of the table act for as long as the component stands. */
export function useKeys(): void {
  useEffect(() => {
    document.addEventListener('keydown', onKeyDown);
    return () => document.removeEventListener('keydown', onKeyDown);
  }, []);
}
