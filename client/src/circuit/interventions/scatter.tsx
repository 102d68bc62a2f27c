import { formatNumber, nodeName } from '@loupe/shared';
import { extent, scaleLinear } from 'd3';
import { useCircuit } from '../../stores/circuit/store.ts';
import type { Measured } from './validity.ts';

const WIDTH = 320;
const HEIGHT = 220;
const MARGIN = { left: 42, right: 10, top: 8, bottom: 34 };
const RUNS = ['frozen', 'free'] as const;
const TICKS = 5;

/** Predicted change of the logit across, measured up: full dots frozen, rings free, and where both are equal. */
export function Scatter({ measured: { graph, predicted, effects } }: { measured: Measured }) {
  const { hover, choose } = useCircuit.getState();
  const hovered = useCircuit((state) => state.hovered);
  const points = predicted.flatMap(({ node, predicted: x }, i) =>
    RUNS.flatMap((run) => {
      const y = effects[i]?.[run]?.[0];
      return y === undefined ? [] : [{ node, run, x, y }];
    }),
  );
  const [left = 0, right = 0] = extent([0, ...points.map(({ x }) => x)]);
  const [low = 0, high = 0] = extent([0, ...points.map(({ y }) => y)]);
  const x = scaleLinear([left, right], [MARGIN.left, WIDTH - MARGIN.right]).nice(TICKS);
  const y = scaleLinear([low, high], [HEIGHT - MARGIN.bottom, MARGIN.top]).nice(TICKS);
  const [from = 0, to = 0] = [
    Math.max(x.domain()[0] ?? 0, y.domain()[0] ?? 0),
    Math.min(x.domain()[1] ?? 0, y.domain()[1] ?? 0),
  ];
  return (
    <svg
      className="scatter"
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      role="img"
      aria-label="Change of the logit when each feature is ablated: predicted by the graph, and measured"
    >
      {x.ticks(TICKS).map((tick) => (
        <g key={tick} transform={`translate(${x(tick)} 0)`}>
          <line className="scatter-line" y1={MARGIN.top} y2={HEIGHT - MARGIN.bottom} />
          <text y={HEIGHT - MARGIN.bottom + 13} textAnchor="middle">
            {x.tickFormat(TICKS)(tick)}
          </text>
        </g>
      ))}
      {y.ticks(TICKS).map((tick) => (
        <g key={tick} transform={`translate(0 ${y(tick)})`}>
          <line className="scatter-line" x1={MARGIN.left} x2={WIDTH - MARGIN.right} />
          <text x={MARGIN.left - 5} dy="0.32em" textAnchor="end">
            {y.tickFormat(TICKS)(tick)}
          </text>
        </g>
      ))}
      {from < to && (
        <line className="scatter-equal" x1={x(from)} y1={y(from)} x2={x(to)} y2={y(to)} />
      )}
      {points.map((point) => {
        const node = graph.nodes[point.node];
        if (!node) return null;
        const mark = node.kind === 'attention' ? 'attention' : 'mlp';
        return (
          // biome-ignore lint/a11y: the table below says the same to keys and screen readers
          <circle
            key={`${node.id} ${point.run}`}
            cx={x(point.x)}
            cy={y(point.y)}
            r={hovered === node.id ? 5 : 3}
            fill={point.run === 'frozen' ? `var(--${mark})` : 'none'}
            stroke={`var(--${mark})`}
            onPointerEnter={() => hover(node.id)}
            onPointerLeave={() => hover(null)}
            onClick={() => choose(node.id)}
          >
            <title>
              {nodeName(node, graph)} at {node.position}, {point.run}: predicted{' '}
              {formatNumber(point.x)}, measured {formatNumber(point.y)}
            </title>
          </circle>
        );
      })}
      <text x={(MARGIN.left + WIDTH) / 2} y={HEIGHT - 5} textAnchor="middle">
        predicted (● frozen, ○ free)
      </text>
      <text transform={`translate(10 ${HEIGHT / 2}) rotate(-90)`} textAnchor="middle">
        measured
      </text>
    </svg>
  );
}
