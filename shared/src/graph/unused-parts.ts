import { type Fields, isRecord } from './untrusted.ts';

/** What is read, and what says nothing that would be missed: how a page was set, or what made the file. */
const USED: Record<string, ReadonlySet<string>> = {
  '': new Set(['metadata', 'qParams', 'nodes', 'links']),
  'metadata.': new Set([
    ...['slug', 'scan', 'prompt_tokens', 'prompt', 'loupe', 'schema_version', 'transcoder_list'],
    ...['node_threshold', 'pruning_settings', 'feature_details'],
  ]),
  'metadata.feature_details.': new Set(['neuronpedia_source_set', 'neuronpedia_lorsa_source_set']),
  'qParams.': new Set(['pinnedIds', 'supernodes', 'clerps', 'clickedId', 'linkType', 'sg_pos']),
  'nodes[].': new Set([
    ...['node_id', 'feature', 'layer', 'jsNodeId', 'ctx_idx', 'feature_type', 'clerp', 'influence'],
    ...['activation', 'token_prob', 'is_target_logit', 'run_idx', 'reverse_ctx_idx', 'loupe'],
  ]),
  'links[].': new Set(['source', 'target', 'weight', 'loupe']),
};

/** Who made a graph, which Loupe writes itself, is no loss where it is its own. */
const OWN_INFO = JSON.stringify({ generator: { name: 'Loupe', version: '1' } });

/**
 * Names of the parts of a graph's file that nothing is made of, so that nobody has to find out what is
 * gone once it is saved again. Empty ones are none.
 */
export function unusedParts(root: Fields, metadata: Fields): string[] {
  const { info, ...about } = metadata;
  const own = JSON.stringify(info) === OWN_INFO;
  return [
    ...unusedOf('', root),
    ...unusedOf('metadata.', own ? about : metadata),
    ...unusedOf('metadata.feature_details.', metadata.feature_details),
    ...unusedOf('qParams.', root.qParams),
    ...unusedOfAll('nodes[].', root.nodes as readonly unknown[]),
    ...unusedOfAll('links[].', root.links as readonly unknown[]),
  ];
}

function unusedOf(prefix: string, fields: unknown): string[] {
  if (!isRecord(fields)) return [];
  const used = USED[prefix];
  return Object.keys(fields)
    .filter((key) => !used?.has(key) && !isEmpty(fields[key]))
    .map((key) => `${prefix}${key}`);
}

function unusedOfAll(prefix: string, entries: readonly unknown[]): string[] {
  const found = new Set<string>();
  for (const entry of entries) for (const name of unusedOf(prefix, entry)) found.add(name);
  return [...found];
}

function isEmpty(value: unknown): boolean {
  if (value === null || value === undefined || value === '') return true;
  if (Array.isArray(value)) return value.length === 0;
  return isRecord(value) && Object.keys(value).length === 0;
}
