import { Tabs } from 'radix-ui';
import { type ReactNode, useEffect } from 'react';
import { useCircuit } from '../../stores/circuit/store.ts';
import { Boundary } from '../../ui/boundary.tsx';
import { ComparePanel } from '../compare/compare-panel.tsx';
import { NodePanel } from '../detail/node-panel.tsx';
import { AblateButton } from '../interventions/ablate-button.tsx';
import { IntervenePanel } from '../interventions/intervene-panel.tsx';
import { type SideTab, showSideTab, useSideTab } from './side-tabs.ts';
import { SummaryPanel } from './summary-panel.tsx';

const TABS: readonly { id: SideTab; title: string; content: ReactNode }[] = [
  {
    id: 'node',
    title: 'Node',
    content: <NodePanel actions={(node) => <AblateButton node={node} />} />,
  },
  { id: 'intervene', title: 'Interventions', content: <IntervenePanel /> },
  { id: 'summary', title: 'Summary', content: <SummaryPanel /> },
  { id: 'compare', title: 'Compare', content: <ComparePanel /> },
];

/** What there is to read about the graph: the chosen node, the whole in sentences, another prompt. */
export function About() {
  const tab = useSideTab((state) => state.tab);
  const chosen = useCircuit((state) => state.view.clicked);
  const edges = useCircuit((state) => state.graph?.edges);
  // A comparison is walked by choosing its nodes; elsewhere a node is chosen to be read.
  useEffect(() => {
    if (chosen !== undefined && useSideTab.getState().tab === 'summary') showSideTab('node');
  }, [chosen]);
  return (
    <Tabs.Root
      className="tabbed"
      value={tab}
      onValueChange={(value) => showSideTab(value as SideTab)}
    >
      <div className="tabbed-bar">
        <Tabs.List className="tabbed-list" aria-label="About the graph">
          {TABS.map(({ id, title }) => (
            <Tabs.Trigger key={id} value={id} className="tab">
              {title}
            </Tabs.Trigger>
          ))}
        </Tabs.List>
      </div>
      {TABS.map(({ id, title, content }) => (
        <Tabs.Content key={id} value={id} className="split-panel" tabIndex={-1}>
          <Boundary what={title} subject={edges}>
            {content}
          </Boundary>
        </Tabs.Content>
      ))}
    </Tabs.Root>
  );
}
