import { type AttributionGraph, FIGURE_COLOURS, type Palette, pinnedScene } from '@loupe/shared';
import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from 'react';
import { SceneItems } from '../../charts/scene-items.tsx';
import { useSize } from '../../charts/use-size.ts';
import { useCircuit } from '../../stores/circuit/store.ts';
import { useTheme } from '../../theme/theme.ts';
import { useViewport } from '../graph/use-viewport.ts';
import type { Size, Viewport } from '../graph/viewport.ts';
import { graphIndex } from '../graph-index.ts';
import { boxWords } from './box-words.ts';
import { unpinBox } from './group-edits.ts';
import { nearestBox } from './nearest-box.ts';
import { PinnedBoxHandle } from './pinned-box.tsx';
import { placeBox, useDrag } from './use-drag.ts';
import type { PlacedCircuit } from './use-places.ts';

/** How far Shift with an arrow moves a box. */
const STEP = 8;
const ZOOM_STEP = 1.3;
/** Zooms between which the drawing is fitted to its panel. */
const MIN_ZOOM = 0.35;
const MAX_HOME = 1.5;

const STEPS: Record<string, readonly [x: number, y: number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** Whole and in the middle. */
function fitted(content: Size, screen: Size): Viewport {
  const whole = Math.min(screen.width / content.width, screen.height / content.height);
  const k = Math.max(MIN_ZOOM, Math.min(whole, MAX_HOME));
  return {
    k,
    x: Math.max(0, (screen.width - content.width * k) / 2),
    y: Math.max(0, (screen.height - content.height * k) / 2),
  };
}

/** The picture's colours on the page, whose panels are its paper. */
function usePalette(): Palette {
  const scheme = useTheme((state) => state.scheme);
  return useMemo(() => ({ ...FIGURE_COLOURS[scheme], paper: 'var(--panel)' }), [scheme]);
}

interface PinnedDrawingProps {
  /** With the reader's view in it. */
  graph: AttributionGraph;
  circuit: PlacedCircuit;
  /** Keys that stand for a button of the panel: `g`, `u`, `r`. */
  onKey: (key: string, box: number) => boolean;
  /** The box with the focus, or the last that had it. */
  onCursor: (box: number | undefined) => void;
}

/**
 * The pinned circuit: boxes that can be dragged, marked, grouped and named, and arrows with their
 * weights. Arrows walk the boxes, with Shift they move one; Enter chooses, Space marks, P unpins.
 */
export function PinnedDrawing({ graph, circuit, onKey, onCursor }: PinnedDrawingProps) {
  const { choose, change, hover, toggleMark } = useCircuit.getState();
  const hovered = useCircuit((state) => state.hovered);
  const marked = useCircuit((state) => state.marked);
  const { places, clicked } = graph.view;
  const [plot, screen] = useSize<HTMLDivElement>();
  const { parts, placed } = circuit;
  // biome-ignore lint/correctness/useExhaustiveDependencies: of the view, only places change the picture
  const scene = useMemo(() => pinnedScene(graph, parts, placed), [parts, placed, places]);
  const { boxes, origin, width, height } = scene;
  const palette = usePalette();
  const { viewport, zoomBy, home } = useViewport(plot, { width, height }, screen, fitted);
  const drag = useDrag(viewport.k);
  const list = useRef<HTMLDivElement>(null);
  const [cursorId, setCursorId] = useState<string | undefined>(undefined);

  const drawn = parts.boxes;
  const found = drawn.findIndex(({ box }) => box.id === cursorId);
  const cursor = found < 0 ? drawn.length - 1 : found;
  useEffect(() => onCursor(found < 0 ? undefined : found), [found, onCursor]);

  const idsOf = (at: number): string[] =>
    (drawn[at]?.box.nodes ?? []).flatMap((node) => graph.nodes[node]?.id ?? []);
  const has = (at: number, id: string | null | undefined): boolean => {
    const node = id === null || id === undefined ? undefined : graphIndex(graph).nodeOf.get(id);
    return node !== undefined && (drawn[at]?.box.nodes.includes(node) ?? false);
  };

  /** A place of the picture as the view keeps it. */
  const inView = (value: number, axis: 0 | 1) => value + origin[axis];

  // biome-ignore lint/correctness/useExhaustiveDependencies: `has` reads the graph and the circuit alone
  const near = useMemo(() => {
    const arrows = hovered === null ? [] : [...parts.arrows.entries()];
    const close = arrows.filter(
      ([, { source, target }]) => has(source, hovered) || has(target, hovered),
    );
    return new Set(close.map(([arrow]) => `arrow:${arrow}`));
  }, [parts, graph.nodes, hovered]);

  function mark(at: number): void {
    const ids = idsOf(at);
    const all = ids.every((id) => marked.includes(id));
    for (const id of ids) if (marked.includes(id) === all) toggleMark(id);
  }

  function focus(at: number): void {
    setCursorId(drawn[at]?.box.id);
    list.current?.querySelector<SVGGElement>(`[data-box="${at}"]`)?.focus();
  }

  function onKeyDown(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const box = drawn[cursor];
    const place = boxes[cursor];
    if (!box || !place) return;
    const step = STEPS[event.key];
    if (step && event.shiftKey) {
      placeBox(box.key, [inView(place.x, 0) + step[0] * STEP, inView(place.y, 1) + step[1] * STEP]);
    } else if (step) focus(nearestBox(boxes, cursor, step));
    else if (event.key === 'Enter') choose(idsOf(cursor)[0]);
    else if (event.key === ' ') mark(cursor);
    else if (event.key.toLowerCase() === 'p' || event.key === 'Delete') {
      change(unpinBox(graph.view, box.box));
    } else if (event.key === '+' || event.key === '=') zoomBy(ZOOM_STEP);
    else if (event.key === '-') zoomBy(1 / ZOOM_STEP);
    else if (event.key === '0') home();
    else if (!onKey(event.key.toLowerCase(), cursor)) return;
    event.preventDefault();
  }

  return (
    <div ref={plot} className="pinned-plot">
      <div
        ref={list}
        role="listbox"
        tabIndex={-1}
        aria-label="Pinned circuit"
        aria-multiselectable="true"
        onKeyDown={onKeyDown}
      >
        <svg role="presentation" width={screen.width} height={screen.height}>
          {/* biome-ignore lint/a11y: only a group, between the list and its options */}
          <g
            role="presentation"
            transform={`translate(${viewport.x} ${viewport.y}) scale(${viewport.k})`}
          >
            <SceneItems items={scene.items} palette={palette} strong={near} />
            {drawn.map((one, at) => {
              const place = boxes[at];
              if (!place) return null;
              const { box, key } = one;
              const first = idsOf(at)[0];
              return (
                <PinnedBoxHandle
                  key={box.id}
                  number={at}
                  place={place}
                  words={boxWords(graph, parts, at)}
                  tabbable={at === cursor}
                  isMarked={idsOf(at).every((id) => marked.includes(id))}
                  isChosen={has(at, clicked)}
                  isHovered={has(at, hovered)}
                  onHover={(isOver) => hover(isOver ? (first ?? null) : null)}
                  onFocus={() => setCursorId(box.id)}
                  onClick={(event) => {
                    if (drag.isEndOfDrag()) return;
                    if (event.shiftKey) mark(at);
                    else choose(first);
                  }}
                  onPointerDown={(event) =>
                    drag.start(event, key, [inView(place.x, 0), inView(place.y, 1)])
                  }
                  onPointerMove={drag.move}
                  onPointerUp={drag.end}
                />
              );
            })}
          </g>
        </svg>
      </div>
      <div className="pinned-zoom">
        <button
          type="button"
          className="icon-button"
          aria-label="Zoom out"
          onClick={() => zoomBy(1 / ZOOM_STEP)}
        >
          −
        </button>
        <button
          type="button"
          className="icon-button"
          aria-label="Zoom in"
          onClick={() => zoomBy(ZOOM_STEP)}
        >
          +
        </button>
        <button type="button" className="quiet-button" onClick={home}>
          fit
        </button>
      </div>
    </div>
  );
}
