import type { FeatureInfo, GraphNode } from '@loupe/shared';
import { Promotes } from '../../charts/promotes.tsx';
import { Term } from '../../ui/term.tsx';
import { useFeatureInfo } from './feature-info.ts';

/** The tokens that the feature of a node makes more likely, as the Prompt page lists them. */
export function Promoted({ model, node }: { model: string; node: GraphNode }) {
  const info: FeatureInfo | undefined = useFeatureInfo(model, node);
  return (
    <p className="node-promotes">
      <span className="heading">
        <Term of="promotes" />
      </span>
      {/* Focus shows the whole list, as the pointer does. */}
      <Promotes info={info} search="" />
    </p>
  );
}
