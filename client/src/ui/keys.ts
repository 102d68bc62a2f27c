const MAC = /Mac|iPhone|iPad/.test(globalThis.navigator?.userAgent ?? '');

/** The command key's name on this machine. */
export const COMMAND_KEY = MAC ? '⌘' : 'Ctrl';

/** A key of the page: the help window lists it, and pressing it does `run`. */
export interface Key {
  /** As `KeyboardEvent.key`; several do the same. */
  keys: readonly string[];
  /** With Ctrl, or ⌘ on a Mac. */
  command?: true;
  /** With Shift, where it means something else without; others are as they are typed. */
  shift?: boolean;
  what: string;
  /** Heading in the help window. */
  group: string;
  /** Absent where the thing that has focus handles the key itself. */
  run?: () => void;
  /** Works while typing too. */
  whileTyping?: true;
  /** Works in menus and dialogs too, which have no use for it. */
  everywhere?: true;
}

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

/** The key of `keys` that a press is, if it is one that does something where the reader is. */
export function pressedKey(
  keys: readonly Key[],
  press: KeyPress,
  typing: boolean,
): Key | undefined {
  if (press.altKey && !press.altGraph) return undefined;
  const command = (press.ctrlKey && !press.altGraph) || press.metaKey;
  const name = press.key.length === 1 ? press.key.toLowerCase() : press.key;
  return keys.find(
    (key) =>
      key.run !== undefined &&
      key.keys.includes(name) &&
      (key.command ?? false) === command &&
      (key.shift === undefined || key.shift === press.shiftKey) &&
      (!typing || key.whileTyping),
  );
}
