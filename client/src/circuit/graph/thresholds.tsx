import { type AttributionGraph, formatCount, formatProbability, graphScores } from '@loupe/shared';
import { type CSSProperties, useDeferredValue, useMemo } from 'react';
import { useCircuit } from '../../stores/circuit/store.ts';
import type { Word } from '../../ui/glossary.ts';
import { Term } from '../../ui/term.tsx';
import { Tooltip } from '../../ui/tooltip.tsx';
import { boundText } from '../numbers.ts';
import { useDrawnParts, usePruning } from '../use-pruning.ts';
import './thresholds.css';

interface SliderProps {
  label: string;
  name: 'nodeThreshold' | 'edgeThreshold';
  /** What is kept at this value, for assistive technology too. */
  kept: string;
  note: string;
}

function Slider({ label, name, kept, note }: SliderProps) {
  const value = useCircuit((state) => state.view[name]);
  const change = useCircuit((state) => state.change);
  const settle = useCircuit((state) => state.settle);
  return (
    <label className="threshold">
      <Tooltip side="top" content={note}>
        <span>{label}</span>
      </Tooltip>
      <input
        type="range"
        min={0}
        max={1}
        step={0.005}
        value={value}
        style={{ '--share': `${value * 100}%` } as CSSProperties}
        aria-label={`${label}: share of influence kept`}
        aria-valuetext={`${formatProbability(value)}: ${kept}`}
        onChange={(event) => change({ [name]: event.target.valueAsNumber }, name)}
        onPointerUp={settle}
        onBlur={settle}
      />
      <output>{kept}</output>
    </label>
  );
}

/** What a score of what is shown comes to in the whole graph. */
function wholeNote(whole: number | undefined): string {
  const scope = 'Here it is that of the nodes and edges shown';
  return whole === undefined
    ? `${scope}.`
    : `${scope}; in the whole graph it is ${formatProbability(whole)}.`;
}

/** How much of the graph is shown, moved by sliders, and how far what is shown can be trusted. */
export function Thresholds({ graph }: { graph: AttributionGraph }) {
  const pruning = usePruning();
  const { nodeCount, edgeCount } = useDrawnParts();
  // The sliders go first; the scores follow as fast as they can.
  const settled = useDeferredValue(pruning);
  const scores = useMemo(() => graphScores(graph, settled.edges), [graph, settled]);
  const { quality } = graph;
  return (
    <footer className="thresholds">
      <Slider
        label="nodes"
        name="nodeThreshold"
        kept={`${formatCount(nodeCount)} of ${formatCount(graph.nodes.length)}`}
        note="The most influential nodes that together have this share of all influence on the logits. Tokens that no edge leaves and the bias are not drawn"
      />
      <Slider
        label="edges"
        name="edgeThreshold"
        kept={formatCount(edgeCount)}
        note="The strongest edges between them that together have this share of what the edges carry"
      />
      <dl className="scores">
        <Score
          of="replacement"
          name="replacement"
          value={formatProbability(scores.replacement)}
          note={wholeNote(quality?.replacement)}
        />
        <Score
          of="completeness"
          name="completeness"
          value={formatProbability(scores.completeness)}
          note={wholeNote(quality?.completeness)}
        />
        {quality && (
          <Score of="exactness" name="sums to within" value={boundText(quality.exactness)} />
        )}
        {quality && quality.omittedInfluence > 0 && (
          <Score of="leftOut" name="left out" value={formatProbability(quality.omittedInfluence)} />
        )}
      </dl>
    </footer>
  );
}

interface ScoreProps {
  of: Word;
  name: string;
  value: string;
  note?: string;
}

function Score({ of, name, value, note }: ScoreProps) {
  return (
    <div>
      <dt>
        <Term of={of} note={note}>
          {name}
        </Term>
      </dt>
      <dd>{value}</dd>
    </div>
  );
}
