import { formatCount, type GraphMode, MAX_GRAPH_LINKS } from '@loupe/shared';
import { NODE_BOUNDS } from '../../stores/circuit/state.ts';

/** A token to explain, or to tell it from. */
export interface TokenOption {
  text: string;
  /** Undefined where there is none, as of one that was typed. */
  probability?: number;
  /** Where it comes from, in place of its probability. */
  note?: string;
  /** True of a text that was typed, which may be no single token. */
  spelled?: boolean;
}

/** What fits what was typed: likely tokens, then the typed text as a token, with a space before it first. */
export function tokenOptions(typed: string, likely: readonly TokenOption[]): TokenOption[] {
  const wanted = typed.toLowerCase();
  const found = likely.filter(({ text }) => text.toLowerCase().includes(wanted));
  const spelled = typed === '' ? [] : typed.startsWith(' ') ? [typed] : [` ${typed}`, typed];
  const fresh = spelled.filter((text) => !found.some((option) => option.text === text));
  return [...found, ...fresh.map((text) => ({ text, note: 'as typed', spelled: true }))];
}

export const MODES: readonly { value: GraphMode; label: string; note: string }[] = [
  {
    value: 'features',
    label: 'attention features',
    note: 'features of attention SAEs are nodes',
  },
  {
    value: 'frozen',
    label: 'attention passed through',
    note: 'by its frozen patterns, as circuit-tracer does',
  },
];

/** What is at position 0, where BOS stands as a rule, but for its token. */
export const FIRST_POSITIONS: readonly { value: 'in' | 'out'; label: string; note?: string }[] = [
  { value: 'in', label: 'kept' },
  { value: 'out', label: 'left out', note: 'as circuit-tracer does' },
];

export const BOUNDS = NODE_BOUNDS.map((bound) => ({
  value: String(bound),
  label: bound === 0 ? 'all features' : `${formatCount(bound)} features`,
  ...(bound === 0 && { note: `where that is at most ${formatCount(MAX_GRAPH_LINKS)} edges` }),
}));
