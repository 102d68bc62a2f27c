import { useEffect } from 'react';
import { Split } from '../app/split.tsx';
import { EmptyCircuit } from './empty-circuit.tsx';
import { GraphPanel } from './graph/graph-panel.tsx';
import { QuestionBar } from './question/question-bar.tsx';
import { useFollowPrompt } from './question/use-follow-prompt.ts';
import { CircuitSide } from './side.tsx';
import { useCircuit } from './store.ts';
import './circuit-page.css';

const PANELS = [
  { id: 'graph', title: 'Graph', size: 64, least: 420, content: <GraphPanel /> },
  { id: 'circuit-side', title: 'Node and pins', size: 36, least: 320, content: <CircuitSide /> },
];

/** Computes what a link asks for once the page is in sight. */
function useRestored(): void {
  const asked = useCircuit((state) => state.restoring !== null && state.job === null);
  const explain = useCircuit((state) => state.explain);
  useEffect(() => {
    if (asked) explain();
  }, [asked, explain]);
}

/** The Circuit page: why this token? The graph on the left, what is chosen and pinned on the right. */
export function CircuitPage() {
  const hasGraph = useCircuit((state) => state.graph !== null);
  useRestored();
  useFollowPrompt();
  return (
    <div className="circuit-page">
      <QuestionBar />
      <div className="circuit-body">
        {hasGraph ? <Split id="circuit" panels={PANELS} /> : <EmptyCircuit />}
      </div>
    </div>
  );
}
