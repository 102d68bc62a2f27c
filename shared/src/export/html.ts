import { figureOf } from '../charts/figure.ts';
import type { ExportOptions } from '../charts/figure-options.ts';
import { LoupeError } from '../errors.ts';
import type { AttributionGraph } from '../graph/attribution-graph.ts';
import { readGraphJson } from '../graph/read-graph-json.ts';
import { writeGraphJson } from '../graph/write-graph-json.ts';
import { visible } from '../labels/visible.ts';
import { figureToSvg } from '../scene/to-svg.ts';
import { escapeXml } from '../text/svg.ts';
import { heldGraph } from './held-graph.ts';
import { VIEWER_HASH, VIEWER_SCRIPT } from './viewer-script.ts';
import { VIEWER_STYLE, VIEWER_STYLE_HASH } from './viewer-style.ts';

/** Beyond this a file would be tens of megabytes, and slow to prune in. */
const MAX_EDGES = 50_000;

/**
 * A graph as one HTML file that needs no network and no Loupe, in which a reader can still prune, hover
 * and walk from node to node. Its policy lets only its own script and style work.
 */
export function graphToHtml(graph: AttributionGraph, options: ExportOptions = {}): string {
  const preset = graph.edges.weight.length > MAX_EDGES ? 'shown' : 'all';
  const data = options.data === 'none' ? 'shown' : (options.data ?? preset);
  const held = heldGraph(graph, { data }, preset);
  const title = escapeXml(visible(options.title ?? `${graph.model}: ${graph.prompt}`));
  const policy =
    `default-src 'none'; script-src 'sha256-${VIEWER_HASH}'; style-src 'sha256-${VIEWER_STYLE_HASH}'; ` +
    `base-uri 'none'; form-action 'none'`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width">
<meta name="generator" content="Loupe">
<title>${title}</title>
<style>${VIEWER_STYLE}</style>
</head>
<body>
<header>
<h1>${title}</h1>
<label>nodes <input id="nodes" type="range" min="0" max="1000"></label>
<label>edges <input id="edges" type="range" min="0" max="1000"></label>
<output id="status" for="nodes edges"></output>
</header>
<main>
<div id="figure"></div>
<aside id="detail" aria-live="polite"></aside>
</main>
${pinnedSection(held)}<noscript>This file draws its graph with a script, which is switched off here.</noscript>
<script type="application/json" id="graph">${scriptData(writeGraphJson(held))}</script>
<script>${VIEWER_SCRIPT}</script>
</body>
</html>
`;
}

/** The data that `graphToHtml` writes: it holds no `<`, so the next one ends it. */
const EMBEDDED = /<script type="application\/json" id="graph">([^<]*)<\/script>/;

/**
 * The graph of a file that `graphToHtml` wrote. The file is read as text, nothing of it runs.
 *
 * @throws LoupeError `LOUPE_BAD_GRAPH` if there is none, or it is no graph
 */
export function readHtmlGraph(html: string): AttributionGraph {
  const json = EMBEDDED.exec(html)?.[1];
  try {
    if (json !== undefined) return readGraphJson(JSON.parse(json));
  } catch (error) {
    if (error instanceof LoupeError) throw error;
  }
  throw new LoupeError(
    'LOUPE_BAD_GRAPH',
    'This page carries no graph of Loupe. Open the JSON file of the graph instead.',
  );
}

/** JSON that no HTML parser takes for markup, whatever its texts hold. */
function scriptData(value: unknown): string {
  return JSON.stringify(value).replace(
    /[<>&\u2028\u2029\ufffe\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** The pinned circuit in both themes, of which the reader's is shown; empty where nothing is pinned. */
function pinnedSection(graph: AttributionGraph): string {
  const pinned = new Set(graph.view.pinned);
  if (!graph.nodes.some(({ id }) => pinned.has(id))) return '';
  const figure = figureOf(graph, { what: 'pinned' });
  const drawing = (theme: 'light' | 'dark') =>
    `<div class="${theme}">${figureToSvg(figure, theme)}</div>`;
  return `<section>\n<h2>Pinned circuit</h2>\n${drawing('light')}${drawing('dark')}</section>\n`;
}
