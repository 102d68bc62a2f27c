import type { AttributionGraph } from '../../graph/attribution-graph.ts';
import { type CircuitArrow, type CircuitBox, pinnedCircuit } from '../../graph/pinned-circuit.ts';
import { formatNumber } from '../../labels/format-number.ts';
import { type MarkKind, NODE_MARKS } from '../../scene/mark-kinds.ts';
import { textWidthIn } from '../../scene/text-widths.ts';
import { fitText, type Measure } from '../../text/fit-text.ts';
import { boxTexts } from './box-texts.ts';
import type { LabelledArrow } from './place-boxes.ts';

/** A box of the pinned circuit with its texts, in pixels of the page. */
export interface PinnedBox {
  box: CircuitBox;
  /** By which its place is kept: of a node its id, of a group its name. */
  key: string;
  title: string;
  /** What and where it is, in a second line. */
  detail: string;
  /** Its colour; undefined for a group of several kinds. */
  mark: MarkKind | undefined;
  width: number;
  height: number;
}

/** An arrow of the pinned circuit with the text of its weight. */
export interface PinnedArrow extends CircuitArrow, LabelledArrow {
  text: string;
}

/** The pinned circuit as it is drawn, but for where the boxes stand. */
export interface PinnedParts {
  boxes: PinnedBox[];
  /** The strongest first. */
  arrows: PinnedArrow[];
  /** How many arrows are left out because they are weak. */
  omitted: number;
}

/** Widths of texts in the faces of a pinned circuit; on paper those of the fonts that it is set in. */
export interface PinnedMeasures {
  title: Measure;
  detail: Measure;
  weight: Measure;
}

export const TITLE_SIZE = 11.5;
export const DETAIL_SIZE = 9.5;
export const WEIGHT_SIZE = 10;
/** Arrows of less than this share of the strongest are left out, but for the strongest of each box. */
export const WEAK_SHARE = 0.02;

const HEIGHT = 34;
const MIN_WIDTH = 70;
const MAX_TEXT = 170;
const PADDING = 18;

/** Measures for where no font can be asked. */
export const PAPER_MEASURES: PinnedMeasures = {
  title: (text) => textWidthIn('bold', TITLE_SIZE, text),
  detail: (text) => textWidthIn('mono', DETAIL_SIZE, text),
  weight: (text) => textWidthIn('regular', WEIGHT_SIZE, text),
};

/** The pinned nodes of a graph and its groups as boxes with their texts, and the arrows among them. */
export function pinnedParts(
  graph: AttributionGraph,
  measures: PinnedMeasures = PAPER_MEASURES,
): PinnedParts {
  const { boxes, arrows } = pinnedCircuit(graph);
  const drawn = withoutWeak(arrows, boxes.length);
  return {
    boxes: boxes.map((box) => pinnedBox(graph, box, measures)),
    arrows: drawn.map((arrow) => {
      const text = formatNumber(arrow.weight);
      const label = { width: Math.ceil(measures.weight(text)) + 6, height: WEIGHT_SIZE + 2 };
      return { ...arrow, text, label };
    }),
    omitted: arrows.length - drawn.length,
  };
}

function pinnedBox(graph: AttributionGraph, box: CircuitBox, measures: PinnedMeasures): PinnedBox {
  const texts = boxTexts(graph, box);
  const title = fitText(texts.title, MAX_TEXT, measures.title);
  const detail = fitText(texts.detail, MAX_TEXT, measures.detail);
  const text = Math.max(measures.title(title), measures.detail(detail));
  return {
    box,
    key: box.isGroup ? box.label : box.id,
    title,
    detail,
    mark: box.kind && NODE_MARKS[box.kind],
    width: Math.max(MIN_WIDTH, Math.ceil(text) + PADDING),
    height: HEIGHT,
  };
}

/** Arrows, sorted by strength, without the weak; each box keeps the strongest at it. */
function withoutWeak(arrows: readonly CircuitArrow[], boxes: number): CircuitArrow[] {
  const least = WEAK_SHARE * Math.abs(arrows[0]?.weight ?? 0);
  const isJoined = new Array<boolean>(boxes).fill(false);
  return arrows.filter(({ source, target, weight }) => {
    const kept = Math.abs(weight) >= least || !isJoined[source] || !isJoined[target];
    if (kept) {
      isJoined[source] = true;
      isJoined[target] = true;
    }
    return kept;
  });
}
