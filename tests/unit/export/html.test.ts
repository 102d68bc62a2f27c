import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { exportText, readGraphJson, writeGraphJson } from '@loupe/shared';
import fc from 'fast-check';
import { type DefaultTreeAdapterTypes, parse } from 'parse5';
import { expect, test } from 'vitest';
import { viewerModule } from '../../../scripts/figures/viewer.mjs';
import { hostileGraphs, hostileText } from './hostile-graphs.ts';
import { ioiGraph } from './ioi-graph.ts';

type Node = DefaultTreeAdapterTypes.Node;
type Element = DefaultTreeAdapterTypes.Element;

/** All elements of a page as a browser's parser makes them. */
function elementsOf(html: string): Element[] {
  const found: Element[] = [];
  const walk = (node: Node): void => {
    if ('tagName' in node) found.push(node);
    if ('childNodes' in node) for (const child of node.childNodes) walk(child);
  };
  walk(parse(html));
  return found;
}

function textOf(element: Element | undefined): string {
  return element?.childNodes.map((node) => ('value' in node ? node.value : '')).join('') ?? '';
}

const attribute = (element: Element, name: string) =>
  element.attrs.find((attr) => attr.name === name)?.value;

test('the bundled viewer is that of the source; scripts/figures/viewer.mjs makes it', async () => {
  const file = new URL('../../../shared/src/export/viewer-script.ts', import.meta.url);
  // Not compared as texts: the difference of two minified scripts would fill the log.
  const isCurrent = readFileSync(file, 'utf8') === (await viewerModule());
  expect(isCurrent, 'run node scripts/figures/viewer.mjs').toBe(true);
});

test('its policy allows its own script and style and nothing else, and it refers to nothing outside', () => {
  const html = exportText(ioiGraph(), 'html');
  const elements = elementsOf(html);
  const hash = (name: string) => {
    const scripts = elements.filter(
      (element) => element.tagName === name && attribute(element, 'type') === undefined,
    );
    expect(scripts).toHaveLength(1);
    return createHash('sha256').update(textOf(scripts[0])).digest('base64');
  };
  const policy = elements.find((element) => attribute(element, 'http-equiv') !== undefined);
  expect(policy && attribute(policy, 'content')).toBe(
    `default-src 'none'; script-src 'sha256-${hash('script')}'; style-src 'sha256-${hash('style')}'; ` +
      `base-uri 'none'; form-action 'none'`,
  );
  for (const element of elements) {
    for (const { name } of element.attrs) {
      expect(['src', 'href', 'style', 'srcset', 'action']).not.toContain(name);
      expect(name).not.toMatch(/^on/);
    }
  }
});

const names = (html: string) => new Set(elementsOf(html).map(({ tagName }) => tagName));

test('nothing in a graph becomes an element of the page, and its data is all there', () => {
  const usual = names(exportText(ioiGraph(), 'html'));
  fc.assert(
    fc.property(hostileGraphs, hostileText, (graph, title) => {
      const html = exportText(graph, 'html', { title });
      for (const name of names(html)) expect(usual).toContain(name);
      const elements = elementsOf(html);
      expect(elements.filter(({ tagName }) => tagName === 'script')).toHaveLength(2);
      const data = elements.find((element) => attribute(element, 'id') === 'graph');
      expect(JSON.parse(textOf(data))).toEqual(JSON.parse(JSON.stringify(writeGraphJson(graph))));
      readGraphJson(JSON.parse(textOf(data)));
    }),
    { numRuns: 40 },
  );
});
