import { memo, useMemo } from 'react';
import { useColours, useTheme } from '../../theme/theme.ts';
import { MAX_SVG, type Scene } from '../graph/scene.ts';
import { markScale } from '../graph/viewport.ts';
import { useCompare } from './compare.ts';
import { differenceColour, differenceScale } from './difference-colours.ts';
import { sharesByNode } from './differences.ts';

/** Differences below this share of the largest one are not seen. */
const MIN_SHARE = 0.02;

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
  return (
    <g>
      {Array.from(layout.shown, (index) => {
        const id = graph.nodes[index]?.id ?? '';
        const share = shares.get(id) ?? 0;
        if (Math.abs(share) < MIN_SHARE) return null;
        return (
          <circle
            key={id}
            cx={(layout.x[index] as number) * props.k}
            cy={(layout.y[index] as number) * props.k}
            r={(layout.size[index] as number) * markScale(props.k) * 0.95}
            fill={differenceColour(scale, share)}
          />
        );
      })}
    </g>
  );
});
