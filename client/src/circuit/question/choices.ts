import { type GraphMode, MAX_GRAPH_LINKS } from '@loupe/shared';
import { countText } from '../../charts/numbers.ts';
import type { Run } from '../../prompt/run.ts';
import { nextTokens } from '../../prompt/selection/next-tokens.ts';
import { NODE_BOUNDS } from '../state.ts';

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

/** A byte that is no whole character is shown like this, and cannot be sent as text. */
const BYTE = /⟨[0-9a-f]{2}⟩/;

/** The likeliest tokens after a position, the last of the prompt by default. */
export function likeliest(run: Run | null, position: number | null): TokenOption[] {
  if (!run || run.tokens.length === 0) return [];
  return nextTokens(run, position ?? run.tokens.length - 1)
    .candidates.filter(({ text }) => !BYTE.test(text))
    .map(({ text, probability }) => ({ text, probability }));
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
  label: bound === 0 ? 'all features' : `${countText(bound)} features`,
  ...(bound === 0 && { note: `where that is at most ${countText(MAX_GRAPH_LINKS)} edges` }),
}));
