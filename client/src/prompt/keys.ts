import { usePrompt } from '../stores/prompt/store.ts';
import type { Key } from '../ui/keys.ts';

const TOKENS = 'Tokens and layers';

function pinHovered(): void {
  const { hovered, togglePin } = usePrompt.getState();
  if (hovered) togglePin(hovered);
}

const moveToken = (by: number) => () => usePrompt.getState().moveToken(by);
const moveSource = (by: number) => () => usePrompt.getState().moveSource(by);

/** The keys of the Prompt page. */
export const PROMPT_KEYS: readonly Key[] = [
  { keys: ['ArrowLeft'], what: 'Token before', group: TOKENS, run: moveToken(-1) },
  { keys: ['ArrowRight'], what: 'Token after', group: TOKENS, run: moveToken(1) },
  { keys: ['Home'], what: 'First token', group: TOKENS, run: moveToken(-Infinity) },
  { keys: ['End'], what: 'Last token', group: TOKENS, run: moveToken(Infinity) },
  { keys: ['['], what: 'Source below', group: TOKENS, run: moveSource(-1) },
  { keys: [']'], what: 'Source above', group: TOKENS, run: moveSource(1) },
  { keys: ['ArrowUp', 'ArrowDown'], what: 'Row above, row below', group: 'In a list' },
  { keys: ['Enter'], what: 'Open the row: what is known of a feature', group: 'In a list' },
  {
    keys: ['p'],
    what: 'Pin or unpin the feature under the pointer or focus',
    group: 'In a list',
    run: pinHovered,
  },
];

/** Closes the open feature, or else lets go of the chosen row. */
export function stepBackOnPrompt(): void {
  const { opened, openFeature, selection, select } = usePrompt.getState();
  if (opened !== null) openFeature(null);
  else if (selection.source !== null) select(selection.position, null);
}
