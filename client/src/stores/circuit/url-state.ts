import { emptyView, type GraphView } from '@loupe/shared';
import { DEFAULT_QUESTION, type Question } from './state.ts';

/** What a link says of the Circuit page. */
export interface CircuitLink {
  question: Question;
  view: Partial<GraphView>;
}

/** Most characters that a link spends on pins, groups, labels and places. */
export const MAX_LINK_VIEW = 4_000;
/** A token is no longer than this, in a link from wherever. */
const MAX_TOKEN = 200;
const MAX_NODES = 1_000_000;

/**
 * Writes a question and what was made of its answer.
 *
 * @returns false if the view was left out, because it is too long for a link
 */
export function encodeCircuit(params: URLSearchParams, { question, view }: CircuitLink): boolean {
  const { target, minus, position, mode, maxNodes, attention, mlp, firstPosition } = question;
  const preset = emptyView();
  params.set('why', target ?? '');
  if (minus !== null) params.set('not', minus);
  if (position !== null) params.set('at', String(position));
  if (mode !== DEFAULT_QUESTION.mode) params.set('mode', mode);
  if (maxNodes !== DEFAULT_QUESTION.maxNodes) params.set('max', String(maxNodes));
  if (attention !== undefined) params.set('attn', attention);
  if (mlp !== undefined) params.set('mlp', mlp);
  if (!firstPosition) params.set('first', 'out');
  const threshold = (name: string, value: number | undefined, standard: number) => {
    if (value !== undefined && value !== standard) params.set(name, String(value));
  };
  threshold('nodes', view.nodeThreshold, preset.nodeThreshold);
  threshold('edges', view.edgeThreshold, preset.edgeThreshold);
  if (view.clicked !== undefined) params.set('node', view.clicked);
  const made = compact(view);
  if (made.length > MAX_LINK_VIEW) return false;
  if (made !== '{}') params.set('made', made);
  return true;
}

/** Pins, groups, labels and places in few characters; `{}` when there are none. */
function compact({ pinned = [], groups = [], labels = {}, places = {} }: Partial<GraphView>) {
  return JSON.stringify({
    ...(pinned.length > 0 && { p: pinned }),
    ...(groups.length > 0 && { g: groups.map(({ label, members }) => [label, ...members]) }),
    ...(Object.keys(labels).length > 0 && { l: labels }),
    ...(Object.keys(places).length > 0 && {
      x: Object.entries(places).map(([key, [x, y]]) => [key, Math.round(x), Math.round(y)]),
    }),
  });
}

/** Reads a link; what makes no sense in it is passed over. Null if it does not ask for a circuit. */
export function decodeCircuit(params: URLSearchParams): CircuitLink | null {
  const why = params.get('why');
  if (why === null) return null;
  const not = params.get('not');
  const clicked = params.get('node');
  return {
    question: {
      target: why === '' ? null : why.slice(0, MAX_TOKEN),
      minus: not === null || not === '' ? null : not.slice(0, MAX_TOKEN),
      position: whole(params.get('at'), MAX_NODES) ?? null,
      mode: params.get('mode') === 'frozen' ? 'frozen' : 'features',
      maxNodes: whole(params.get('max'), MAX_NODES) ?? DEFAULT_QUESTION.maxNodes,
      ...set('attention', params.get('attn')),
      ...set('mlp', params.get('mlp')),
      firstPosition: params.get('first') !== 'out',
    },
    view: {
      ...share('nodeThreshold', params.get('nodes')),
      ...share('edgeThreshold', params.get('edges')),
      ...(clicked !== null && { clicked }),
      ...expand(params.get('made')),
    },
  };
}

function set(part: 'attention' | 'mlp', text: string | null): Partial<Question> {
  return text !== null && /^[\w.-]{1,100}$/.test(text) ? { [part]: text } : {};
}

function whole(text: string | null, most: number): number | undefined {
  if (text === null || !/^\d{1,7}$/.test(text)) return undefined;
  return Number(text) <= most ? Number(text) : undefined;
}

function share(name: 'nodeThreshold' | 'edgeThreshold', text: string | null): Partial<GraphView> {
  const value = text === null || text.trim() === '' ? Number.NaN : Number(text);
  return value >= 0 && value <= 1 ? { [name]: value } : {};
}

function expand(text: string | null): Partial<GraphView> {
  let made: unknown;
  try {
    made = JSON.parse(text ?? '{}');
  } catch {
    return {};
  }
  if (typeof made !== 'object' || made === null) return {};
  const { p, g, l, x } = made as Record<string, unknown>;
  const groups = rows(g).flatMap(([label, ...members]) =>
    isText(label) ? [{ label, members: members.filter(isText) }] : [],
  );
  const labels = typeof l === 'object' && l !== null ? Object.entries(l) : [];
  const places = rows(x).flatMap(([key, across, down]): [string, [number, number]][] =>
    isText(key) && isNumber(across) && isNumber(down) ? [[key, [across, down]]] : [],
  );
  return {
    ...(Array.isArray(p) && { pinned: [...new Set(p.filter(isText))] }),
    ...(groups.length > 0 && { groups }),
    ...(labels.length > 0 && {
      labels: Object.fromEntries(
        labels.filter((entry): entry is [string, string] => isText(entry[1])),
      ),
    }),
    ...(places.length > 0 && { places: Object.fromEntries(places) }),
  };
}

function rows(value: unknown): unknown[][] {
  return Array.isArray(value) ? value.filter((row): row is unknown[] => Array.isArray(row)) : [];
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isNumber(value: unknown): value is number {
  return Number.isFinite(value);
}
