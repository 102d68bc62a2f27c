import {
  type AttributionGraph,
  counted,
  DETAIL_SIZE,
  type PinnedMeasures,
  pinnedParts,
  strongestPaths,
  TITLE_SIZE,
  WEIGHT_SIZE,
} from '@loupe/shared';
import { useMemo, useState } from 'react';
import { face, MONO, SANS } from '../../charts/faces.ts';
import { textWidth } from '../../charts/text-width.ts';
import { useFaces } from '../../charts/use-faces.ts';
import { useCircuit } from '../../stores/circuit/store.ts';
import { useGraphWithView } from '../../stores/circuit/use-graph-with-view.ts';
import { toggleMaximised, usePanels } from '../../stores/panels.ts';
import { Icon } from '../../ui/icon.tsx';
import { LabelEditor } from '../detail/label-editor.tsx';
import { groupMarked, renameBox, ungroupBox } from './group-edits.ts';
import { PinnedDrawing } from './pinned-drawing.tsx';
import { usePlaces } from './use-places.ts';
import './pinned-panel.css';

/** Widths in the page's own faces; made anew when one of them has arrived. */
function pageMeasures(): PinnedMeasures {
  return {
    title: textWidth(face(TITLE_SIZE, SANS, 600)),
    detail: textWidth(face(DETAIL_SIZE, MONO)),
    weight: textWidth(face(WEIGHT_SIZE, SANS)),
  };
}

/** Paths that are pinned to begin with. */
const PATHS = 3;

/** Pins what lies on the strongest paths into each logit. */
function pinStrongest(graph: AttributionGraph): void {
  const ids = graph.nodes.flatMap(({ kind }, node) =>
    kind === 'logit'
      ? strongestPaths(graph, node, PATHS).flatMap((path) =>
          path.nodes.flatMap((one) => graph.nodes[one]?.id ?? []),
        )
      : [],
  );
  const { view, change } = useCircuit.getState();
  change({ pinned: [...new Set([...view.pinned, ...ids])] });
}

function Nothing({ graph }: { graph: AttributionGraph }) {
  return (
    <div className="pinned-none">
      <p>
        Nodes that you pin are drawn here as a diagram for a paper, with the direct effects among
        them. Press <kbd>P</kbd> on a node, or begin with the {PATHS} strongest paths:
      </p>
      <button type="button" className="button" onClick={() => pinStrongest(graph)}>
        Pin the strongest paths
      </button>
    </div>
  );
}

/** What is being named at the moment. */
type Naming = { what: 'group' } | { what: 'box'; box: number } | null;

/** The pinned nodes as a circuit, and what can be done with it. */
export function PinnedPanel() {
  const graph = useGraphWithView();
  return (
    <section className="pinned" aria-label="Pinned circuit">
      {graph && <Pinned graph={graph} />}
    </section>
  );
}

function Pinned({ graph }: { graph: AttributionGraph }) {
  const { change, clearMarks } = useCircuit.getState();
  const marked = useCircuit((state) => state.marked);
  const alone = usePanels((state) => state.maximised === 'pinned');
  const faces = useFaces();
  const [naming, setNaming] = useState<Naming>(null);
  const [cursor, setCursor] = useState<number | undefined>(undefined);
  const { pinned, groups, labels } = graph.view;
  // Thresholds and places change nothing of what the boxes hold.
  // biome-ignore lint/correctness/useExhaustiveDependencies: a face that arrives changes the widths
  const circuit = useMemo(
    () => pinnedParts(graph, pageMeasures()),
    [graph.edges, pinned, groups, labels, faces],
  );
  const placed = usePlaces(circuit, graph.edges);
  const current = cursor === undefined ? undefined : circuit.boxes[cursor];

  function nameGroup(name: string): void {
    setNaming(null);
    if (name === '') return;
    change(groupMarked(graph.view, marked, name));
    clearMarks();
  }

  function nameBox(at: number, name: string): void {
    setNaming(null);
    const box = circuit.boxes[at]?.box;
    const next = box && renameBox(graph.view, box, name);
    if (next && next !== graph.view) change(next);
  }

  function ungroup(): void {
    if (current?.box.isGroup) change(ungroupBox(graph.view, current.box));
  }

  const onKey = (key: string, box: number): boolean => {
    if (key === 'g' && marked.length > 0) setNaming({ what: 'group' });
    else if (key === 'u') ungroup();
    else if (key === 'r') setNaming({ what: 'box', box });
    else return false;
    return true;
  };

  const renamed = naming?.what === 'box' ? circuit.boxes[naming.box] : undefined;
  return (
    <>
      <header className="pinned-head">
        {naming?.what === 'group' ? (
          <LabelEditor
            label="Name of the group"
            value=""
            placeholder={`a name for ${counted(marked.length, 'node')}`}
            onDone={nameGroup}
            onCancel={() => setNaming(null)}
          />
        ) : naming && renamed ? (
          <LabelEditor
            label={`Name of ${renamed.title}`}
            value={renamed.box.isGroup ? renamed.box.label : (labels[renamed.box.id] ?? '')}
            placeholder={renamed.title}
            onDone={(name) => nameBox(naming.box, name)}
            onCancel={() => setNaming(null)}
          />
        ) : (
          <h2 className="heading">
            pinned circuit{marked.length > 0 && `, ${counted(marked.length, 'node')} marked`}
          </h2>
        )}
        {marked.length > 0 && (
          <button
            type="button"
            className="button small"
            onClick={() => setNaming({ what: 'group' })}
          >
            Group
          </button>
        )}
        {marked.length > 0 && (
          <button type="button" className="quiet-button" onClick={clearMarks}>
            Unmark
          </button>
        )}
        {current?.box.isGroup && (
          <button type="button" className="button small" onClick={ungroup}>
            Ungroup
          </button>
        )}
        {current && cursor !== undefined && (
          <button
            type="button"
            className="button small"
            onClick={() => setNaming({ what: 'box', box: cursor })}
          >
            Rename
          </button>
        )}
        <button
          type="button"
          className="icon-button"
          aria-label={alone ? 'Show all panels' : 'Open the pinned circuit alone'}
          onClick={() => toggleMaximised('pinned')}
        >
          <Icon name={alone ? 'restore' : 'maximise'} />
        </button>
      </header>
      {circuit.boxes.length === 0 ? (
        <Nothing graph={graph} />
      ) : (
        placed &&
        placed.parts.boxes.length > 0 && (
          <PinnedDrawing graph={graph} circuit={placed} onKey={onKey} onCursor={setCursor} />
        )
      )}
    </>
  );
}
