import { useEffect } from 'react';
import { useCircuit } from '../stores/circuit/store.ts';
import { usePanels } from '../stores/panels.ts';
import { Boundary } from '../ui/boundary.tsx';
import { Split } from '../ui/split.tsx';
import { NARROW, useMedia } from '../ui/use-media.ts';
import { EmptyCircuit } from './empty-circuit.tsx';
import { DropZone } from './file/drop-zone.tsx';
import { ABOUT_PANEL } from './graph/chosen-strip.tsx';
import { GraphPanel } from './graph/graph-panel.tsx';
import { PinnedPanel } from './pinned/pinned-panel.tsx';
import { QuestionBar } from './question/question-bar.tsx';
import { useStale } from './question/stale-line.tsx';
import { useFollowPrompt } from './question/use-follow-prompt.ts';
import { About } from './side/about.tsx';
import { CircuitSide } from './side/circuit-side.tsx';
import './circuit-page.css';

const GRAPH = { id: 'graph', title: 'Graph', size: 64, least: 420, content: <GraphPanel /> };

/** Side by side: the graph, and all else in one column. */
const WIDE = [
  GRAPH,
  { id: 'circuit-side', title: 'Node and pins', size: 36, least: 320, content: <CircuitSide /> },
];

/** Where only one is shown at a time. */
const ALONE = [
  GRAPH,
  { id: ABOUT_PANEL, title: 'Chosen node', size: 20, least: 320, content: <About /> },
  { id: 'pinned', title: 'Pinned circuit', size: 20, least: 320, content: <PinnedPanel /> },
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
  const alone = useMedia(NARROW);
  const maximised = usePanels((state) => state.maximised);
  const one = alone || ALONE.some(({ id }) => id === maximised);
  const stale = useStale();
  useRestored();
  useFollowPrompt();
  return (
    <DropZone>
      <div className="circuit-page">
        <Boundary what="The question" subject={hasGraph}>
          <QuestionBar />
        </Boundary>
        <div className="circuit-body" data-stale={stale || undefined}>
          {hasGraph ? <Split id="circuit" panels={one ? ALONE : WIDE} /> : <EmptyCircuit />}
        </div>
      </div>
    </DropZone>
  );
}
