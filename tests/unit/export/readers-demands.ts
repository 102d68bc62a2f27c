/**
 * What of a graph's JSON two other readers ask for, beyond which they show nothing: circuit-tracer's
 * `frontend/graph_models.py` (`Model`, all fields without a preset) and `attribution_graph/util-cg.js`
 * (`formatData`), and Neuronpedia's `graph-schema.json` with its `formatCLTGraphData`, which reads
 * probabilities in the same way.
 */

type Fields = Record<string, unknown>;
type Check = (value: unknown) => boolean;

const isText: Check = (value) => typeof value === 'string';
const isWhole: Check = (value) => Number.isInteger(value);
const isNumber: Check = (value) => typeof value === 'number' && Number.isFinite(value);
const isFlag: Check = (value) => typeof value === 'boolean';
const isList =
  (of: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(of);
const orNull =
  (check: Check): Check =>
  (value) =>
    value === null || check(value);
const orAbsent =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value);

const METADATA: Record<string, Check> = {
  // Neuronpedia takes an upload only under such a name.
  slug: (value) => isText(value) && /^[a-zA-Z0-9_.-]+$/.test(value as string),
  scan: isText,
  transcoder_list: isList(isText),
  prompt_tokens: isList(isText),
  prompt: isText,
  node_threshold: orAbsent(orNull(isNumber)),
  schema_version: (value) => value === 1,
};

const PARAMETERS: Record<string, Check> = {
  pinnedIds: isList(isText),
  supernodes: isList(isList(isText)),
  linkType: isText,
  clickedId: isText,
  sg_pos: isText,
};

const NODE: Record<string, Check> = {
  node_id: isText,
  feature: isWhole,
  layer: isText,
  ctx_idx: isWhole,
  feature_type: isText,
  token_prob: orAbsent(isNumber),
  is_target_logit: orAbsent(isFlag),
  run_idx: orAbsent(isWhole),
  reverse_ctx_idx: orAbsent(isWhole),
  jsNodeId: isText,
  clerp: isText,
  influence: orAbsent(orNull(isNumber)),
  activation: orAbsent(orNull(isNumber)),
};

const LINK: Record<string, Check> = { source: isText, target: isText, weight: isNumber };

/** The demands that a graph does not meet, in words; none where it opens with both. */
export function unmetDemands(json: unknown): string[] {
  const { metadata, qParams, nodes, links } = json as Record<string, Fields & Fields[]>;
  if (!metadata || !qParams || !nodes || !links) return ['a part of the graph is missing'];
  const ids = new Set(nodes.map(({ node_id }) => node_id));
  return [
    ...unmet('metadata', metadata, METADATA),
    ...unmet('qParams', qParams, PARAMETERS),
    ...nodes.flatMap((node, at) => [
      ...unmet(`nodes[${at}]`, node, NODE),
      ...(node.feature_type === 'logit' ? unreadableProbability(node, at) : []),
    ]),
    ...links.flatMap((link, at) => [
      ...unmet(`links[${at}]`, link, LINK),
      ...(ids.has(link.source) && ids.has(link.target) ? [] : [`links[${at}] leads nowhere`]),
    ]),
  ];
}

function unmet(name: string, fields: Fields, checks: Record<string, Check>): string[] {
  return Object.entries(checks).flatMap(([key, check]) =>
    check(fields[key]) ? [] : [`${name}.${key} is ${JSON.stringify(fields[key])}`],
  );
}

/** Word for word what util-cg.js does: `+d.clerp.split('(p=')[1].split(')')[0]`. */
function unreadableProbability({ clerp }: Fields, at: number): string[] {
  const text = String(clerp).split('(p=')[1]?.split(')')[0];
  const value = text === undefined || text === '' ? Number.NaN : Number(text);
  return value >= 0 && value <= 1 ? [] : [`nodes[${at}].clerp is ${JSON.stringify(clerp)}`];
}
