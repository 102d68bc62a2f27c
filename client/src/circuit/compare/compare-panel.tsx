import { formatCount } from '@loupe/shared';
import { useMemo, useState } from 'react';
import { useCircuit } from '../../stores/circuit/store.ts';
import { useColours, useTheme } from '../../theme/theme.ts';
import type { VirtualRow } from '../../ui/virtual-grid.tsx';
import { NodeGrid } from '../side/node-grid.tsx';
import { endComparison, useCompare } from './compare.ts';
import { CompareForm } from './compare-form.tsx';
import { differenceScale } from './difference-colours.ts';
import { DifferenceRow } from './difference-row.tsx';
import type { Difference, Differences } from './differences.ts';
import './compare-panel.css';

type What = 'nodes' | 'effects';
const WHAT: Record<What, string> = { nodes: 'activations', effects: 'effects' };

function Heading({ what }: { what: What }) {
  return (
    <>
      {/* biome-ignore lint/a11y: the row of headings takes no focus */}
      <div role="columnheader">{what === 'nodes' ? 'feature' : 'effect'}</div>
      {/* biome-ignore lint/a11y: see above */}
      <div role="columnheader" className="connection-weight">
        first
      </div>
      {/* biome-ignore lint/a11y: see above */}
      <div role="columnheader" className="connection-weight">
        second
      </div>
      {/* biome-ignore lint/a11y: see above */}
      <div role="columnheader" className="compare-by">
        difference
      </div>
    </>
  );
}

function rowsOf(
  what: What,
  listed: readonly Difference[],
  scale: ReturnType<typeof differenceScale>,
): VirtualRow[] {
  const extent = { negative: 0, positive: 0 };
  for (const { first, second, alike } of listed) {
    if (!alike) continue;
    extent.negative = Math.max(extent.negative, first - second);
    extent.positive = Math.max(extent.positive, second - first);
  }
  const heading: VirtualRow = {
    key: 'heading',
    id: undefined,
    heading: true,
    cells: () => <Heading what={what} />,
  };
  const rows = listed.map(
    (difference): VirtualRow => ({
      key: difference.key,
      id: difference.node,
      cells: () => <DifferenceRow difference={difference} extent={extent} scale={scale} />,
    }),
  );
  return [heading, ...rows];
}

/** The graph on screen beside that of another prompt: what differs most, coloured by how. */
export function ComparePanel() {
  const graph = useCircuit((state) => state.graph);
  const found = useCompare((state) => state.found);
  const other = useCompare((state) => state.other);
  // Another graph has come since: what was found is not about it.
  const differences = found && found.edges === graph?.edges ? found.differences : null;
  return (
    <section className="compare" aria-label="Comparison">
      <CompareForm key={graph?.prompt} />
      {differences && other && <Found differences={differences} prompt={other.prompt} />}
    </section>
  );
}

function Found({ differences, prompt }: { differences: Differences; prompt: string }) {
  const [what, setWhat] = useState<What>('nodes');
  const scheme = useTheme((state) => state.scheme);
  const colours = useColours();
  const pins = useCircuit((state) => state.view.pinned);
  const pinned = useMemo(() => new Set(pins), [pins]);
  const rows = useMemo(
    () => rowsOf(what, differences[what], differenceScale(scheme, colours)),
    [what, differences, scheme, colours],
  );
  const { both, firstOnly, secondOnly, targetsAlike, effectsAlike } = differences;
  return (
    <>
      <p className="compare-counts">
        {formatCount(both)} features in both, {formatCount(firstOnly)} in the first only,{' '}
        {formatCount(secondOnly)} in the second only: <span className="mono">{prompt}</span>
      </p>
      {!targetsAlike && (
        <p className="compare-counts">
          The two graphs explain unlike things, such as a logit and a difference of logits: what
          stands on the logits is shown without a difference. Ask both the same to compare it.
        </p>
      )}
      {!effectsAlike && (
        <p className="compare-counts">
          One graph has attention features as nodes, and in the other attention is passed through,
          so that their effects are not the same thing: only activations are compared.
        </p>
      )}
      <div className="compare-bar" role="toolbar" aria-label="What is compared">
        {(Object.keys(WHAT) as What[]).map((one) => (
          <button
            key={one}
            type="button"
            className="button small"
            aria-pressed={what === one}
            onClick={() => setWhat(one)}
          >
            {WHAT[one]}
          </button>
        ))}
        <button type="button" className="quiet-button" onClick={endComparison}>
          End the comparison
        </button>
      </div>
      <NodeGrid
        label={`What differs most: ${WHAT[what]}`}
        className="compare-grid"
        rows={rows}
        pinned={pinned}
        subject={rows}
      />
    </>
  );
}
