import {
  type AttributionGraph,
  boxTexts,
  type CircuitArrow,
  type CircuitBox,
  fitText,
  type MarkKind,
  type Measure,
  NODE_MARKS,
  pinnedCircuit,
} from '@loupe/shared';

/** A box of the pinned circuit as it is drawn. */
export interface DrawnBox {
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

/** The pinned circuit as it is drawn, but for where the boxes stand. */
export interface DrawnCircuit {
  boxes: DrawnBox[];
  arrows: CircuitArrow[];
}

/** Widths of texts in the two faces of a box. */
export interface BoxMeasures {
  title: Measure;
  detail: Measure;
}

const HEIGHT = 34;
const LEAST_WIDTH = 76;
const MOST_TEXT = 170;
const ROOM = 20;

/** The pinned nodes of a graph and its groups as boxes with their texts, and the arrows among them. */
export function drawnCircuit(graph: AttributionGraph, measures: BoxMeasures): DrawnCircuit {
  const { boxes, arrows } = pinnedCircuit(graph);
  return {
    arrows,
    boxes: boxes.map((box) => {
      const texts = boxTexts(graph, box);
      const title = fitText(texts.title, MOST_TEXT, measures.title);
      const detail = fitText(texts.detail, MOST_TEXT, measures.detail);
      const text = Math.max(measures.title(title), measures.detail(detail));
      return {
        box,
        key: box.isGroup ? box.label : box.id,
        title,
        detail,
        mark: box.kind && NODE_MARKS[box.kind],
        width: Math.max(LEAST_WIDTH, Math.ceil(text) + ROOM),
        height: HEIGHT,
      };
    }),
  };
}
