import type { GraphView, NodeGroup } from './attribution-graph.ts';

/** Pins a node, or takes its pin away. */
export function togglePin(view: GraphView, id: string): GraphView {
  const pinned = view.pinned.includes(id)
    ? view.pinned.filter((other) => other !== id)
    : [...view.pinned, id];
  return { ...view, pinned };
}

/**
 * Puts nodes into a new group. They leave the groups they were in; a group that is left empty goes.
 * Grouped nodes are pinned, since a group is drawn in the pinned circuit.
 */
export function groupNodes(view: GraphView, ids: readonly string[], label: string): GraphView {
  const members = [...new Set(ids)];
  if (members.length === 0) return view;
  return {
    ...view,
    pinned: [...new Set([...view.pinned, ...members])],
    groups: [...without(view.groups, new Set(members)), { label, members }],
  };
}

/** Takes nodes out of their groups; they stay pinned. */
export function ungroupNodes(view: GraphView, ids: Iterable<string>): GraphView {
  return { ...view, groups: without(view.groups, new Set(ids)) };
}

/** Gives a group another name. */
export function renameGroup(view: GraphView, group: number, label: string): GraphView {
  const groups = view.groups.map((entry, at) => (at === group ? { ...entry, label } : entry));
  return { ...view, groups };
}

/** Gives a node another label; an empty one gives its own back. */
export function renameNode(view: GraphView, id: string, label: string): GraphView {
  const others = Object.entries(view.labels).filter(([other]) => other !== id);
  const labels = Object.fromEntries(label === '' ? others : [...others, [id, label]]);
  return { ...view, labels };
}

function without(groups: readonly NodeGroup[], ids: ReadonlySet<string>): NodeGroup[] {
  return groups
    .map(({ label, members }) => ({ label, members: members.filter((id) => !ids.has(id)) }))
    .filter(({ members }) => members.length > 0);
}
