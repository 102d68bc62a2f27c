import { memo, useMemo } from 'react';
import { useColours, useTheme } from '../../theme/theme.ts';
import { MAX_SVG, type Scene } from '../graph/scene.ts';
import { markSize } from '../graph/viewport.ts';
import { useCompare } from './compare.ts';
import { differenceColour, differenceScale } from './difference-colours.ts';
import { sharesByNode } from './differences.ts';

/** Differences below this share of the largest one are not seen. */
const LEAST = 0.02;

/** Grounds behind the nodes of the graph, coloured by how they differ from those of a second prompt. */
export const DifferenceHalos = memo(function DifferenceHalos(props: { scene: Scene; k: number }) {
  const { graph, layout } = props.scene;
  const found = useCompare((state) => state.found);
  const scheme = useTheme((state) => state.scheme);
  const colours = useColours();
  const shares = useMemo(
    () => (found?.edges === graph.edges ? sharesByNode(found.differences) : null),
    [found, graph.edges],
  );
  if (!shares || layout.shown.length > MAX_SVG) return null;
  const scale = differenceScale(scheme, colours);
  const radius = markSize(props.k) * 0.95;
  return (
    <g>
      {Array.from(layout.shown, (index) => {
        const id = graph.nodes[index]?.id ?? '';
        const share = shares.get(id) ?? 0;
        if (Math.abs(share) < LEAST) return null;
        return (
          <circle
            key={id}
            cx={(layout.x[index] as number) * props.k}
            cy={(layout.y[index] as number) * props.k}
            r={radius}
            fill={differenceColour(scale, share)}
          />
        );
      })}
    </g>
  );
});
