import {
  type CircuitBox,
  type GraphView,
  groupNodes,
  renameGroup,
  renameNode,
  togglePin,
  ungroupNodes,
} from '@loupe/shared';

/** Place of a group in its view, of the id that its box has. */
export function groupOf({ id, isGroup }: CircuitBox): number | undefined {
  return isGroup ? Number(id.slice('group:'.length)) : undefined;
}

/** A name that no group has yet: places are kept by it. */
function freshName({ groups }: GraphView, wanted: string, self?: number): string {
  const taken = new Set(groups.filter((_, group) => group !== self).map(({ label }) => label));
  let name = wanted;
  for (let count = 2; taken.has(name); count++) name = `${wanted} ${count}`;
  return name;
}

/** Draws nodes as one box of that name. */
export function groupMarked(view: GraphView, ids: readonly string[], name: string): GraphView {
  const alone = ungroupNodes(view, ids);
  return groupNodes(alone, ids, freshName(alone, name));
}

/** Gives a box another name; its place goes with it. */
export function renameBox(view: GraphView, box: CircuitBox, name: string): GraphView {
  const group = groupOf(box);
  if (group === undefined) return renameNode(view, box.id, name);
  if (name === '' || name === box.label) return view;
  const fresh = freshName(view, name, group);
  const { [box.label]: place, ...places } = view.places;
  return {
    ...renameGroup(view, group, fresh),
    places: place ? { ...places, [fresh]: place } : places,
  };
}

/** Draws the nodes of a group each by itself again. */
export function ungroupBox(view: GraphView, box: CircuitBox): GraphView {
  const group = groupOf(box);
  return group === undefined ? view : ungroupNodes(view, view.groups[group]?.members ?? []);
}

/** Takes a box away: its node is no longer pinned, or none of its group. */
export function unpinBox(view: GraphView, box: CircuitBox): GraphView {
  const group = groupOf(box);
  if (group === undefined) return togglePin(view, box.id);
  const members = new Set(view.groups[group]?.members);
  return {
    ...ungroupBox(view, box),
    pinned: view.pinned.filter((id) => !members.has(id)),
  };
}
