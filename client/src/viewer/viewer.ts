// The script of exported HTML files: a graph that can be pruned, hovered and walked, without a server.
// `node scripts/figures/viewer.mjs` bundles it into shared/src/export/viewer-script.ts.
import {
  ConnectionIndex,
  type DrawnParts,
  describeNodeInFull,
  drawnParts,
  edgesByStrength,
  figureToSvg,
  formatNumber,
  type GraphNode,
  graphFigure,
  graphScores,
  keptIds,
  Pruner,
  readGraphJson,
} from '@loupe/shared';

const LISTED = 30;
/** Points, which the page enlarges to its own width. */
const FIGURE_WIDTH = 620;

function element<E extends Element>(id: string): E {
  const found = document.getElementById(id);
  if (!found) throw new Error(`#${id} is missing`);
  return found as unknown as E;
}

const graph = readGraphJson(JSON.parse(element('graph').textContent ?? ''));
const pruner = new Pruner(graph);
const { influence } = pruner;
const ranking = { influence, byStrength: edgesByStrength(graph, influence) };
const connections = new ConnectionIndex(graph);
const dark = matchMedia('(prefers-color-scheme: dark)');
const figure = element<HTMLElement>('figure');
const detail = element<HTMLElement>('detail');
const status = element<HTMLElement>('status');
const sliders = {
  nodes: element<HTMLInputElement>('nodes'),
  edges: element<HTMLInputElement>('edges'),
};

/** What is drawn now. */
let shown: DrawnParts | undefined;
/** Ids, which stay the same whatever is pruned. */
let chosen: string | undefined;
let focused: string | undefined;

function prune(): void {
  const nodeThreshold = Number(sliders.nodes.value) / 1000;
  const edgeThreshold = Number(sliders.edges.value) / 1000;
  const kept = pruner.prune({ nodeThreshold, edgeThreshold }, keptIds(graph.view));
  shown = drawnParts(graph, kept, ranking);
  const { replacement, completeness } = graphScores(graph, kept.edges);
  status.textContent =
    `${kept.nodeCount} of ${graph.nodes.length} nodes, ${kept.edgeCount} of ` +
    `${graph.edges.weight.length} edges · replacement ${formatNumber(replacement)} · ` +
    `completeness ${formatNumber(completeness)}`;
  draw();
}

function draw(): void {
  if (!shown) return;
  const hadFocus = figure.contains(document.activeElement);
  const svg = figureToSvg(
    graphFigure(graph, shown, { width: FIGURE_WIDTH }),
    dark.matches ? 'dark' : 'light',
  );
  const parsed = new DOMParser().parseFromString(svg, 'image/svg+xml').documentElement;
  const drawing = document.importNode(parsed, true);
  drawing.setAttribute('role', 'group');
  drawing.removeAttribute('width');
  drawing.removeAttribute('height');
  figure.replaceChildren(drawing);
  const marks = allMarks();
  for (const mark of marks) {
    mark.setAttribute('role', 'button');
    mark.setAttribute('tabindex', '-1');
    mark.setAttribute('aria-label', describeNodeInFull(nodeOf(mark), graph));
  }
  const current = marks.find((mark) => nodeOf(mark).id === focused) ?? marks.at(-1);
  current?.setAttribute('tabindex', '0');
  if (hadFocus) current?.focus();
  light(chosen);
}

function allMarks(): SVGElement[] {
  return [...figure.querySelectorAll<SVGElement>('[data-node]')];
}

function nodeOf(mark: Element): GraphNode {
  return graph.nodes[Number(mark.getAttribute('data-node'))] as GraphNode;
}

/** Lets the edges of one node stand out, or all alike. */
function light(id: string | undefined): void {
  const at = graph.nodes.findIndex((node) => node.id === id);
  figure.classList.toggle('dim', at >= 0);
  for (const edge of figure.querySelectorAll('[data-edge]')) {
    const index = Number(edge.getAttribute('data-edge'));
    const own = graph.edges.source[index] === at || graph.edges.target[index] === at;
    edge.classList.toggle('own', own);
  }
  for (const mark of allMarks()) {
    mark.classList.toggle('chosen', nodeOf(mark).id === chosen);
    mark.setAttribute('aria-pressed', String(nodeOf(mark).id === chosen));
  }
}

function choose(id: string | undefined): void {
  chosen = id;
  light(id);
  const at = graph.nodes.findIndex((node) => node.id === id);
  if (at < 0) {
    detail.replaceChildren(text('p', 'Choose a node to see what it reads from and writes to.'));
    return;
  }
  const { inputs, outputs } = connections.of(at);
  detail.replaceChildren(
    text('h2', describeNodeInFull(graph.nodes[at] as GraphNode, graph)),
    text('h3', 'Reads from'),
    list(inputs),
    text('h3', 'Writes to'),
    list(outputs),
  );
}

function text(name: string, content: string): HTMLElement {
  const made = document.createElement(name);
  made.textContent = content;
  return made;
}

function list(entries: { node: number; weight: number; share: number }[]): HTMLElement {
  const made = document.createElement('ol');
  for (const { node, weight, share } of entries.slice(0, LISTED)) {
    const other = graph.nodes[node] as GraphNode;
    const button = text('button', describeNodeInFull(other, graph));
    button.addEventListener('click', () => choose(other.id));
    const row = document.createElement('li');
    row.append(button, text('span', `${formatNumber(weight)} · ${formatNumber(share * 100)} %`));
    made.append(row);
  }
  if (entries.length > LISTED) made.append(text('li', `and ${entries.length - LISTED} more`));
  if (entries.length === 0) made.append(text('li', 'nothing'));
  return made;
}

function markAt(event: Event): SVGElement | undefined {
  const target = event.target;
  if (!(target instanceof Element)) return undefined;
  return target.closest<SVGElement>('[data-node]') ?? undefined;
}

const ARROWS: Record<string, [x: number, y: number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** The nearest mark in a direction; what lies aside counts double. */
function neighbour(from: SVGElement, [dx, dy]: [number, number]): SVGElement | undefined {
  const centre = (mark: SVGElement) => {
    const { x, y, width, height } = mark.getBoundingClientRect();
    return [x + width / 2, y + height / 2] as const;
  };
  const [x0, y0] = centre(from);
  let best: SVGElement | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const mark of allMarks()) {
    const [x, y] = centre(mark);
    const along = (x - x0) * dx + (y - y0) * dy;
    const aside = Math.abs((x - x0) * dy) + Math.abs((y - y0) * dx);
    if (mark === from || along < 1) continue;
    if (along + 2 * aside < least) {
      least = along + 2 * aside;
      best = mark;
    }
  }
  return best;
}

function onKey(event: KeyboardEvent): void {
  if (event.key === 'Escape') {
    choose(undefined);
    return;
  }
  const mark = markAt(event);
  if (!mark) return;
  const direction = ARROWS[event.key];
  if (direction) {
    const next = neighbour(mark, direction);
    if (next) {
      mark.setAttribute('tabindex', '-1');
      next.setAttribute('tabindex', '0');
      next.focus();
    }
  } else if (event.key === 'Enter' || event.key === ' ') {
    choose(nodeOf(mark).id);
  } else {
    return;
  }
  event.preventDefault();
}

figure.addEventListener('pointerover', (event) => {
  const mark = markAt(event);
  light(mark ? nodeOf(mark).id : chosen);
});
figure.addEventListener('focusin', (event) => {
  const mark = markAt(event);
  if (!mark) return;
  focused = nodeOf(mark).id;
  light(focused);
});
figure.addEventListener('click', (event) => {
  const mark = markAt(event);
  choose(mark ? nodeOf(mark).id : undefined);
});
document.addEventListener('keydown', onKey);
for (const slider of Object.values(sliders)) slider.addEventListener('input', prune);
dark.addEventListener('change', draw);
sliders.nodes.value = String(Math.round(graph.view.nodeThreshold * 1000));
sliders.edges.value = String(Math.round(graph.view.edgeThreshold * 1000));
prune();
choose(graph.view.clicked);
