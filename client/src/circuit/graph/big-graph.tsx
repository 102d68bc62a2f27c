import { type AttributionGraph, counted, describeNode, nodeNote } from '@loupe/shared';
import { type KeyboardEvent, type MouseEvent, useEffect, useMemo, useRef, useState } from 'react';
import { ChartTooltip } from '../../charts/chart-tooltip.tsx';
import { GridFocus } from '../../charts/grid-focus.tsx';
import { useSize } from '../../charts/use-size.ts';
import { useCircuit } from '../../stores/circuit/store.ts';
import { DifferenceHalos } from '../compare/difference-halos.tsx';
import { graphIndex } from '../graph-index.ts';
import { ColumnLabels, RowLabels } from './axes.tsx';
import { EdgeLayer, HighlightLayer } from './edge-layer.tsx';
import { needsOverview } from './graph-axis.ts';
import { GRAPH_PLOT, GraphOverview, OVERVIEW_HEIGHT } from './graph-overview.tsx';
import { NodeMarks, NodeNames, NodeRings, type RingKind } from './node-layer.tsx';
import { NodeTip } from './node-tip.tsx';
import { passedShare } from './passed-share.ts';
import { finderOf } from './scene.ts';
import { type Direction, stepFrom, stepRow } from './step.ts';
import { useDrawn } from './use-drawn.ts';
import { useScene } from './use-scene.ts';
import { useViewport } from './use-viewport.ts';
import { showing } from './viewport.ts';
import './big-graph.css';

/** Width of the names of the layers and height of the tokens below. */
const GUTTER = 66;
const FOOT = 28;
const ZOOM_STEP = 1.3;

const ARROWS: Record<string, Direction> = {
  ArrowLeft: 'left',
  ArrowRight: 'right',
  ArrowUp: 'up',
  ArrowDown: 'down',
};

/** The graph: tokens across, layers up. Pointer and keys find, choose and pin its nodes. */
export function BigGraph({ graph }: { graph: AttributionGraph }) {
  const { view } = graph;
  const hoveredId = useCircuit((state) => state.hovered);
  const marked = useCircuit((state) => state.marked);
  const [plot, screen] = useSize<HTMLDivElement>();
  const scene = useScene(graph, screen);
  const { layout } = scene;
  const { viewport, now, moveTo, zoomBy, home } = useViewport(plot, layout, screen);
  const drawn = useDrawn(viewport, screen);
  const finder = useMemo(() => finderOf(layout), [layout]);
  const [pointed, setPointed] = useState(false);
  const [focused, setFocused] = useState(false);
  const [cursorId, setCursorId] = useState<string | undefined>(undefined);

  const { nodeOf } = graphIndex(graph);
  const shown = (id: string | null | undefined): number | undefined => {
    const node = id === null || id === undefined ? undefined : nodeOf.get(id);
    return node !== undefined && !Number.isNaN(layout.x[node]) ? node : undefined;
  };
  const chosen = shown(view.clicked);
  const hovered = shown(hoveredId);
  const first = layout.shown.at(-1);
  const cursor = shown(cursorId) ?? chosen ?? first;

  const { nodes } = graph;
  // What is chosen elsewhere, as in a list, comes into sight.
  const latest = useRef({ layout, screen });
  latest.current = { layout, screen };
  const measured = screen.width > 0 && screen.height > 0;
  useEffect(() => {
    if (chosen === undefined || !measured) return;
    const here = now();
    const next = showing(here, latest.current.layout, chosen, latest.current.screen);
    if (next.x !== here.x || next.y !== here.y) moveTo(next);
    setCursorId(nodes[chosen]?.id);
  }, [chosen, nodes, measured, moveTo, now]);

  function at({ clientX, clientY }: MouseEvent): string | null {
    const box = plot.current?.getBoundingClientRect();
    if (!box) return null;
    const found = finder(clientX - box.left, clientY - box.top, viewport);
    return found === undefined ? null : (graph.nodes[found]?.id ?? null);
  }

  function onPointerMove(event: MouseEvent): void {
    // While the drawing is dragged nothing is pointed at.
    if (event.buttons !== 0) return;
    setPointed(true);
    useCircuit.getState().hover(at(event));
  }

  function onClick(event: MouseEvent): void {
    const { choose, toggleMark } = useCircuit.getState();
    const id = at(event);
    if (id !== null && event.shiftKey) toggleMark(id);
    else choose(id ?? undefined);
    if (id !== null) setCursorId(id);
  }

  function goTo(node: number): void {
    const id = graph.nodes[node]?.id;
    if (id === undefined) return;
    setCursorId(id);
    setPointed(false);
    useCircuit.getState().hover(id);
    const next = showing(viewport, layout, node, screen);
    if (next.x !== viewport.x || next.y !== viewport.y) moveTo(next);
  }

  function onKeyDown(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey || cursor === undefined) return;
    const { choose, togglePin, toggleMark } = useCircuit.getState();
    const id = graph.nodes[cursor]?.id as string;
    const row = (node: number) => layout.row[node] as number;
    const direction = ARROWS[event.key];
    if (direction) goTo(stepFrom(layout, cursor, direction));
    else if (event.key === '[') goTo(stepRow(layout, row, cursor, -1));
    else if (event.key === ']') goTo(stepRow(layout, row, cursor, 1));
    else if (event.key === 'Home') goTo(layout.shown[0] ?? cursor);
    else if (event.key === 'End') goTo(first ?? cursor);
    else if (event.key === 'Enter') choose(id);
    else if (event.key === ' ') toggleMark(id);
    else if (event.key.toLowerCase() === 'p') togglePin(id);
    else if (event.key === '+' || event.key === '=') zoomBy(ZOOM_STEP);
    else if (event.key === '-') zoomBy(1 / ZOOM_STEP);
    else if (event.key === '0') home();
    else return;
    event.preventDefault();
  }

  const rings: { node: number; kind: RingKind }[] = [];
  const ring = (id: string | undefined, kind: RingKind) => {
    const node = shown(id);
    if (node !== undefined) rings.push({ node, kind });
  };
  for (const id of view.pinned) ring(id, 'pinned');
  for (const id of marked) ring(id, 'marked');
  ring(view.clicked, 'chosen');
  if (hovered !== undefined && hovered !== chosen) rings.push({ node: hovered, kind: 'hovered' });
  if (focused && cursor !== undefined) rings.push({ node: cursor, kind: 'focused' });

  const tip = pointed ? hovered : focused ? cursor : undefined;
  const box = tip === undefined ? undefined : plot.current?.getBoundingClientRect();
  const current = cursor === undefined ? undefined : graph.nodes[cursor];
  const picture = { scene, viewport: drawn.viewport, screen: drawn.size };
  const axis = { layout, viewport, screen };
  const hasOverview = needsOverview(scene, screen);
  const state = [
    current && view.clicked === current.id && 'chosen',
    current && view.pinned.includes(current.id) && 'pinned',
    current && marked.includes(current.id) && 'marked',
  ].filter(Boolean);

  return (
    <div
      className="big-graph"
      style={{
        gridTemplate: `minmax(0, 1fr) ${FOOT}px ${hasOverview ? `${OVERVIEW_HEIGHT}px` : ''} / ${GUTTER}px minmax(0, 1fr)`,
      }}
    >
      <RowLabels {...axis} width={GUTTER} />
      <GridFocus
        className="graph-focus"
        label="Graph of the circuit: tokens across, layers up"
        rows={layout.rows.length}
        columns={graph.tokens.length}
        row={cursor === undefined ? 0 : layout.rows.length - 1 - (layout.row[cursor] as number)}
        column={current?.position ?? 0}
        words={
          current
            ? [describeNode(current, graph), nodeNote(current, view), ...state]
                .filter((part) => part !== '')
                .join(', ')
            : 'no node'
        }
        onKeyDown={onKeyDown}
        onFocus={() => setFocused(true)}
        onBlur={() => {
          setFocused(false);
          useCircuit.getState().hover(null);
        }}
      >
        {/* biome-ignore lint/a11y/noStaticElementInteractions: the grid around it has the keys */}
        {/* biome-ignore lint/a11y/useKeyWithClickEvents: the grid around it has the keys */}
        <div
          ref={plot}
          id={GRAPH_PLOT}
          className="graph-plot"
          data-pointing={(pointed && hovered !== undefined) || undefined}
          onPointerMove={onPointerMove}
          onPointerLeave={() => {
            setPointed(false);
            useCircuit.getState().hover(null);
          }}
          onClick={onClick}
        >
          <div className="graph-picture" style={{ transform: drawn.transform }}>
            <EdgeLayer {...picture} chosen={chosen !== undefined} />
            <HighlightLayer {...picture} chosen={chosen} hovered={hovered} />
            <svg {...drawn.size} aria-hidden="true">
              <g transform={`translate(${drawn.viewport.x} ${drawn.viewport.y})`}>
                <DifferenceHalos scene={scene} k={drawn.viewport.k} />
                <NodeMarks scene={scene} k={drawn.viewport.k} />
                <NodeRings scene={scene} k={drawn.viewport.k} rings={rings} />
                <NodeNames scene={scene} k={drawn.viewport.k} graph={graph} />
              </g>
            </svg>
          </div>
        </div>
      </GridFocus>
      <span />
      <ColumnLabels
        {...axis}
        height={FOOT}
        foldedText={(from, to) =>
          `${counted(to - from + 1, 'token')} without nodes: ${graph.tokens.slice(from, to + 1).join('')}`
        }
      />
      {hasOverview && (
        <>
          <span />
          <GraphOverview {...{ scene, viewport, screen, moveTo, chosen }} />
        </>
      )}
      {tip !== undefined && box && (
        <ChartTooltip
          anchor={{
            x: box.left + (layout.x[tip] as number) * viewport.k + viewport.x,
            y: box.top + (layout.y[tip] as number) * viewport.k + viewport.y - 8,
            height: 16,
          }}
        >
          <NodeTip graph={graph} view={view} node={tip} passed={passedShare(graph, tip)} />
        </ChartTooltip>
      )}
    </div>
  );
}
