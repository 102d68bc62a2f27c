import { Group, Panel, Separator, useDefaultLayout } from 'react-resizable-panels';
import { useCircuit } from '../../stores/circuit/store.ts';
import { Boundary } from '../../ui/boundary.tsx';
import { PinnedPanel } from '../pinned/pinned-panel.tsx';
import { About } from './about.tsx';
import './circuit-side.css';

const ID = 'circuit-side';

/** What stands beside the graph: what there is to read about it, over the pinned circuit. */
export function CircuitSide() {
  const view = useCircuit((state) => state.view);
  const { defaultLayout, onLayoutChanged } = useDefaultLayout({
    id: `loupe.${ID}`,
    storage: localStorage,
    onlySaveAfterUserInteractions: true,
  });
  return (
    <Group
      id={ID}
      className="circuit-side"
      orientation="vertical"
      defaultLayout={defaultLayout}
      onLayoutChanged={onLayoutChanged}
    >
      <Panel id="about" defaultSize="55%" minSize={160}>
        <Boundary what="What there is to read about the graph">
          <About />
        </Boundary>
      </Panel>
      <Separator className="side-line" aria-label="Divide the panels" />
      <Panel id="pinned" defaultSize="45%" minSize={120}>
        <Boundary what="The pinned circuit" subject={view}>
          <PinnedPanel />
        </Boundary>
      </Panel>
    </Group>
  );
}
