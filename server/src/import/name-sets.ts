import { idFromPath } from './id-from-path.ts';

/** What names are given by. */
export interface ToName {
  layer: number;
  hook: string;
  outputHook: string;
  /** Where it lies in what is imported: folders below each other, with slashes. */
  place: string;
}

/**
 * Ids of sets for dictionaries that are imported together, in their order. All go into one set, unless it
 * would have two dictionaries of a layer. Then each hook has a set of its own (`mine-resid_post`,
 * `mine-mlp_out`), and of several for one hook, each width or run, by the folders that tell them apart
 * (`mine-768`, `mine-trainer_0`).
 *
 * @param set id of the whole
 */
export function nameSets(set: string, dictionaries: readonly ToName[]): string[] {
  if (!hasTwoOfALayer(dictionaries)) return dictionaries.map(() => set);
  const hooks = dictionaries.map(hookLabel);
  const byHook = new Set(hooks).size > 1;
  const names = dictionaries.map((each, i) => {
    const alike = dictionaries.filter((_, j) => hooks[j] === hooks[i]);
    const label = hasTwoOfALayer(alike) ? folderLabel(each, alike) : '';
    return [set, byHook ? (hooks[i] as string) : '', label].filter((part) => part !== '').join('-');
  });
  return countTwins(names, dictionaries);
}

function hasTwoOfALayer(dictionaries: readonly ToName[]): boolean {
  return new Set(dictionaries.map(({ layer }) => layer)).size < dictionaries.length;
}

/** `resid_post`, `mlp_out-transcoder`. */
function hookLabel({ hook, outputHook }: ToName): string {
  const name = outputHook.replace(/^blocks\.\d+\./, '').replace(/hook_/g, '');
  return hook === outputHook ? name : `${name}-transcoder`;
}

/** What distinguishes a dictionary's folders from those of the others of its layer. */
function folderLabel(one: ToName, alike: readonly ToName[]): string {
  const own = distinctFolders(one, alike);
  if (own.length > 0 || alike.filter(({ layer }) => layer === one.layer).length > 1) {
    return own.join('-');
  }
  // The only one of its layer belongs to those of other layers that lie in folders of the same names.
  const elsewhere = new Set(alike.flatMap((other) => distinctFolders(other, alike)));
  return folders(one)
    .filter((folder) => elsewhere.has(folder))
    .join('-');
}

function distinctFolders(one: ToName, alike: readonly ToName[]): string[] {
  const others = alike.filter((other) => other.layer === one.layer && other !== one);
  const common = others.map((other) => new Set(folders(other)));
  return folders(one).filter(
    (folder) => others.length > 0 && !common.every((theirs) => theirs.has(folder)),
  );
}

/** Names of folders on the way to a dictionary, without what says its layer and hook. */
function folders({ layer, place }: ToName): string[] {
  const ofLayer = new RegExp(`(^|[^A-Za-z])(layers?|blocks?|h|l)[._-]?${layer}(?!\\d)`, 'i');
  const ofHook = /((attn|mlp|ln[12]|ln_final)[._])?hook_([a-z]+_)?[a-z]+|resid_(pre|mid|post|out)/;
  return place
    .split(/[/\\]/)
    .map((folder) => idFromPath(folder.replace(ofHook, '').replace(ofLayer, '')))
    .map((folder) => folder.replace(/^[._-]+|[._-]+$/g, ''))
    .filter((folder) => folder !== '');
}

/** Of those that nothing distinguishes, all but the first get a number. */
function countTwins(names: readonly string[], dictionaries: readonly ToName[]): string[] {
  const seen = new Set<string>();
  return names.map((name, i) => {
    const taken = (each: string) => seen.has(`${dictionaries[i]?.layer} ${each}`);
    let free = name;
    for (let count = 2; taken(free); count++) free = `${name}-${count}`;
    seen.add(`${dictionaries[i]?.layer} ${free}`);
    return free;
  });
}
