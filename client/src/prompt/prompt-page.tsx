import { usePrompt } from '../stores/prompt/store.ts';
import { Split } from '../ui/split.tsx';
import { EmptyState } from './empty-state.tsx';
import { SELECTION_PANEL } from './selection/focus-list.ts';
import { Selection } from './selection/selection.tsx';
import { PromptTracks } from './tracks/prompt-tracks.tsx';
import './prompt-page.css';

const PANELS = [
  { id: 'tracks', title: 'Tracks', size: 60, least: 360, content: <PromptTracks /> },
  { id: SELECTION_PANEL, title: 'Selected token', size: 40, least: 340, content: <Selection /> },
];

/** The Prompt page: every token of the prompt on the left, the selected one on the right. */
export function PromptPage() {
  const hasRun = usePrompt((state) => state.run !== null);
  return hasRun ? <Split id="prompt" panels={PANELS} /> : <EmptyState />;
}
