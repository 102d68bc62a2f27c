/** What a key does; the same names drive the handlers in keys.ts. */
export type KeyAction =
  | 'focus-prompt'
  | 'previous-token'
  | 'next-token'
  | 'first-token'
  | 'last-token'
  | 'layer-down'
  | 'layer-up'
  | 'pin'
  | 'step-back'
  | 'undo'
  | 'redo'
  | 'palette'
  | 'help';

export interface Key {
  /** As `KeyboardEvent.key`; several do the same. */
  keys: readonly string[];
  /** With Ctrl, or ⌘ on a Mac. */
  command?: true;
  /** With Shift, where it means something else without; others are as they are typed. */
  shift?: boolean;
  what: string;
  group:
    | 'Anywhere'
    | 'Tokens and layers'
    | 'In the prompt'
    | 'In a list'
    | 'In a circuit'
    | 'Sets of a model';
  /** Absent where the thing that has focus handles the key itself. */
  action?: KeyAction;
  /** Works while typing too. */
  whileTyping?: true;
}

/** Every key of the page. The help window lists it and the handlers are driven by it. */
export const KEYS: readonly Key[] = [
  { keys: ['/'], what: 'Go to the prompt', group: 'Anywhere', action: 'focus-prompt' },
  {
    keys: ['k'],
    command: true,
    what: 'Find a feature, token, source or action',
    group: 'Anywhere',
    action: 'palette',
    whileTyping: true,
  },
  { keys: ['?'], what: 'Show these keys', group: 'Anywhere', action: 'help' },
  {
    keys: ['Escape'],
    what: 'Step back: close, restore panels, cancel, let go of the row',
    group: 'Anywhere',
    action: 'step-back',
    whileTyping: true,
  },
  {
    keys: ['ArrowLeft'],
    what: 'Token before',
    group: 'Tokens and layers',
    action: 'previous-token',
  },
  { keys: ['ArrowRight'], what: 'Token after', group: 'Tokens and layers', action: 'next-token' },
  { keys: ['Home'], what: 'First token', group: 'Tokens and layers', action: 'first-token' },
  { keys: ['End'], what: 'Last token', group: 'Tokens and layers', action: 'last-token' },
  { keys: ['['], what: 'Source below', group: 'Tokens and layers', action: 'layer-down' },
  { keys: [']'], what: 'Source above', group: 'Tokens and layers', action: 'layer-up' },
  { keys: ['ArrowUp', 'ArrowDown'], what: 'Row above, row below', group: 'In a list' },
  { keys: ['Enter'], what: 'Open the row', group: 'In a list' },
  {
    keys: ['p'],
    what: 'Pin or unpin the feature under the pointer or focus',
    group: 'In a list',
    action: 'pin',
  },
  {
    keys: ['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown'],
    what: 'Nearest node that way',
    group: 'In a circuit',
  },
  { keys: ['[', ']'], what: 'Node of the row below, above', group: 'In a circuit' },
  { keys: ['Enter'], what: 'Choose the node', group: 'In a circuit' },
  { keys: ['p'], what: 'Pin or unpin the node', group: 'In a circuit' },
  { keys: [' '], what: 'Mark the node for a group', group: 'In a circuit' },
  { keys: ['+', '-', '0'], what: 'Larger, smaller, as at first', group: 'In a circuit' },
  {
    keys: ['z'],
    command: true,
    shift: false,
    what: 'Undo what was done to the view',
    group: 'In a circuit',
    action: 'undo',
  },
  {
    keys: ['z'],
    command: true,
    shift: true,
    what: 'Do it again',
    group: 'In a circuit',
    action: 'redo',
  },
  {
    keys: ['ArrowLeft', 'ArrowRight'],
    what: 'Layer before, layer after',
    group: 'Sets of a model',
  },
  { keys: [' '], what: 'Take or leave the layer, or the whole set', group: 'Sets of a model' },
  { keys: ['a'], what: 'Take or leave all layers of the set', group: 'Sets of a model' },
  { keys: ['Enter'], what: 'Open the set', group: 'Sets of a model' },
  { keys: ['Enter'], what: 'Run at once', group: 'In the prompt' },
  { keys: ['Shift+Enter'], what: 'New line', group: 'In the prompt' },
];

/** How a key is written on its cap. */
export function keyCap(key: string): string {
  const caps: Record<string, string> = {
    ArrowLeft: '←',
    ArrowRight: '→',
    ArrowUp: '↑',
    ArrowDown: '↓',
    Escape: 'Esc',
    'Shift+Enter': 'Shift Enter',
    ' ': 'Space',
  };
  return caps[key] ?? (key.length === 1 ? key.toUpperCase() : key);
}

/** What of a keyboard event decides. */
export interface KeyPress {
  key: string;
  ctrlKey: boolean;
  metaKey: boolean;
  shiftKey: boolean;
  altKey: boolean;
  /** AltGr is down, by which many keyboards write brackets; it can look like Ctrl with Alt. */
  altGraph: boolean;
}

/** The action of a key press, if it has one where the reader is. */
export function actionOf(press: KeyPress, typing: boolean): KeyAction | undefined {
  if (press.altKey && !press.altGraph) return undefined;
  const command = (press.ctrlKey && !press.altGraph) || press.metaKey;
  const name = press.key.length === 1 ? press.key.toLowerCase() : press.key;
  return KEYS.find(
    (key) =>
      key.action !== undefined &&
      key.keys.includes(name) &&
      (key.command ?? false) === command &&
      (key.shift === undefined || key.shift === press.shiftKey) &&
      (!typing || key.whileTyping),
  )?.action;
}
