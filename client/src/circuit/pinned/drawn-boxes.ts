import {
  type AttributionGraph,
  type CircuitArrow,
  type CircuitBox,
  fitText,
  type GraphNode,
  type MarkKind,
  type Measure,
  NODE_MARKS,
  type NodeKind,
  pinnedCircuit,
} from '@loupe/shared';
import { nodeName, nodeNote, tokenAt } from '../node-words.ts';
import { significant } from '../numbers.ts';

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

/** Where a node is, and of a named one also what it is. */
function detailOf(graph: AttributionGraph, node: GraphNode, isNamed: boolean): string {
  const at = `${tokenAt(graph, node.position)} ${node.position}`;
  switch (node.kind) {
    case 'logit':
      return node.probability ? `p = ${significant(node.probability)}` : 'logit difference';
    case 'bias':
      return 'all biases';
    default:
      return isNamed ? `${nodeName(node, graph)} at ${at}` : at;
  }
}

const KIND_WORDS: Record<NodeKind, string> = {
  attention: 'attention features',
  mlp: 'MLP features',
  'attention-error': 'attention errors',
  'mlp-error': 'MLP errors',
  embedding: 'tokens',
  position: 'positions',
  bias: 'biases',
  logit: 'logits',
};

function textsOf(graph: AttributionGraph, box: CircuitBox): { title: string; detail: string } {
  if (box.isGroup) {
    const what = box.kind === undefined ? 'nodes' : KIND_WORDS[box.kind];
    return { title: box.label, detail: `${box.nodes.length} ${what}` };
  }
  const node = graph.nodes[box.nodes[0] as number] as GraphNode;
  const given = Object.hasOwn(graph.view.labels, node.id) ? nodeNote(node, graph.view) : '';
  return {
    title: given === '' ? nodeName(node, graph) : given,
    detail: detailOf(graph, node, given !== ''),
  };
}

/** The pinned nodes of a graph and its groups as boxes with their texts, and the arrows among them. */
export function drawnCircuit(graph: AttributionGraph, measures: BoxMeasures): DrawnCircuit {
  const { boxes, arrows } = pinnedCircuit(graph);
  return {
    arrows,
    boxes: boxes.map((box) => {
      const texts = textsOf(graph, box);
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
