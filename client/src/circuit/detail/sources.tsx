import type { AttributionGraph } from '@loupe/shared';
import { tokenAt } from '@loupe/shared';
import { useMemo } from 'react';
import { Failure } from '../../ui/failure.tsx';
import { Term } from '../../ui/term.tsx';
import { connectionIndex } from '../connections/connection-items.ts';
import { useModelIsHere } from '../file/file-notices.tsx';
import { HeadLook } from './head-look.tsx';
import { PartBars } from './part-bars.tsx';
import { partsByHead, partsByPosition } from './parts.ts';
import { askForHeads, useHeads } from './use-heads.ts';

interface SourcesProps {
  graph: AttributionGraph;
  /** Index of an attention feature. */
  node: number;
}

/** Where an attention feature reads, and through which heads. */
export function Sources({ graph, node }: SourcesProps) {
  const isHere = useModelIsHere();
  const { asking, error } = useHeads();
  const inputs = useMemo(() => connectionIndex(graph).of(node).inputs, [graph, node]);
  const positions = useMemo(() => partsByPosition(graph, inputs), [graph, inputs]);
  const heads = useMemo(() => partsByHead(graph, inputs), [graph, inputs]);
  const layer = graph.nodes[node]?.layer;
  return (
    <div className="node-sources">
      <PartBars
        title={<Term of="dfa">by source position</Term>}
        parts={positions}
        name={(position) => `${tokenAt(graph, position)} ${position}`}
      />
      {heads ? (
        <PartBars
          title={<Term of="head">by head</Term>}
          parts={heads}
          name={(head) => `${layer}.${head}`}
        >
          {isHere && (
            <HeadLook
              graph={graph}
              node={node}
              heads={heads.map(({ key }) => key)}
              positions={positions.map(({ key }) => key)}
            />
          )}
        </PartBars>
      ) : (
        <div className="part-bars">
          <h3 className="heading">
            <Term of="head">by head</Term>
          </h3>
          {isHere ? (
            <button
              type="button"
              className="button small"
              disabled={asking !== null}
              onClick={() => void askForHeads()}
            >
              {asking === null ? 'Ask which heads' : 'Asking…'}
            </button>
          ) : (
            <p className="part-rest">The file does not say, and its model is not installed here.</p>
          )}
          {error && <Failure error={error} />}
        </div>
      )}
    </div>
  );
}
