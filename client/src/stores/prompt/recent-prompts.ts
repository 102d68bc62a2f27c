import { create } from 'zustand';
import { usePrompt } from './store.ts';

const KEY = 'loupe.recent-prompts';
/** Prompts that are kept. */
const MAX_RECENT = 12;

/**
 * The prompts with one more, latest first. What is typed runs at every pause: a prompt that goes on
 * from the one before, or takes back some of it, takes its place.
 */
export function withPrompt(recent: readonly string[], prompt: string): string[] {
  const [last, ...before] = recent;
  const goesOn = last !== undefined && (prompt.startsWith(last) || last.startsWith(prompt));
  const others = (goesOn ? before : recent).filter((one) => one !== prompt);
  return [prompt, ...others].slice(0, MAX_RECENT);
}

function kept(): string[] {
  try {
    const read: unknown = JSON.parse(localStorage.getItem(KEY) ?? '[]');
    if (!Array.isArray(read)) return [];
    return read.filter((one): one is string => typeof one === 'string').slice(0, MAX_RECENT);
  } catch {
    // Kept by another version, or the browser keeps nothing.
    return [];
  }
}

/** The prompts that were run in this browser, latest first. */
export const useRecentPrompts = create<{ prompts: readonly string[] }>()(() => ({
  prompts: kept(),
}));

usePrompt.subscribe(({ run }, before) => {
  if (!run || run === before.run || run.status !== 'complete' || run.stored) return;
  const { prompts } = useRecentPrompts.getState();
  if (run.prompt.trim() === '' || prompts[0] === run.prompt) return;
  const next = withPrompt(prompts, run.prompt);
  useRecentPrompts.setState({ prompts: next });
  try {
    localStorage.setItem(KEY, JSON.stringify(next));
  } catch {
    // They are there until the page is left.
  }
});
