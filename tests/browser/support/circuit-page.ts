import type { CircuitGraph } from '@loupe/shared';
import type { Locator, Page } from 'playwright-core';
import { eventually } from './eventually.ts';

/** The address of a question about the prompt of indirect objects. */
export const IOI = 'When Mary and John went to the store, John gave a drink to';

/** An address of the Circuit page. */
export function circuitHash(prompt: string, params: Record<string, string> = {}): string {
  return `/circuit?${new URLSearchParams({ prompt, ...params })}`;
}

/** What a person finds on the Circuit page, by role and name. */
export interface CircuitPage {
  page: Page;
  /** What is asked. */
  question: Locator;
  target: Locator;
  minus: Locator;
  /** The graph, which takes the keys. */
  graph: Locator;
  /** Where it is drawn. */
  plot: Locator;
  /** How the last question ended where it ended in no graph. */
  end: Locator;
  heading: Locator;
  nodes: Locator;
  edges: Locator;
  /** Waits for a graph to be there. */
  settled(): Promise<void>;
  /** What the active node of the graph is, as a screen reader says it. */
  active(): Promise<string>;
  /** Moves the pointer along a row to the node whose tooltip says this; gives its place. */
  find(row: string, node: RegExp): Promise<{ x: number; y: number }>;
  /** Rows of the table, when it is shown. */
  rows: Locator;
}

export function circuitPage(page: Page): CircuitPage {
  const question = page.getByRole('region', { name: 'Question' });
  const panel = page.getByRole('region', { name: 'Circuit', exact: true });
  const graph = page.getByRole('grid', { name: /^Graph of the circuit/ });
  const found: CircuitPage = {
    page,
    question,
    target: question.getByRole('button', { name: /^Token to explain/ }),
    minus: question.getByRole('button', { name: /^Token to tell it from/ }),
    graph,
    plot: page.locator('.graph-plot'),
    end: question.locator('.job-end'),
    heading: panel.getByRole('heading').first(),
    nodes: panel.getByRole('slider', { name: /^nodes/ }),
    edges: panel.getByRole('slider', { name: /^edges/ }),
    rows: page.getByRole('grid', { name: 'Nodes', exact: true }).getByRole('row'),

    async settled() {
      await eventually(() => found.heading.textContent()).toMatch(/\d nodes?, [\d,]+ edges?/);
    },

    async active() {
      const id = (await graph.getAttribute('aria-activedescendant')) ?? '';
      return (await page.locator(`[id="${id}"]`).textContent()) ?? '';
    },

    async find(row, node) {
      const [box, label] = await Promise.all([
        found.plot.boundingBox(),
        page.locator('.graph-rows text', { hasText: row }).boundingBox(),
      ]);
      if (!box || !label) throw new Error('The graph is not drawn.');
      const tip = () =>
        page.evaluate(() => document.querySelector('[role="tooltip"]')?.textContent ?? '');
      const y = label.y + label.height / 2;
      // From the right, where the end of the prompt has most nodes.
      for (let x = box.x + box.width - 6; x > box.x; x -= 10) {
        for (const aside of [0, -7, 7]) {
          await page.mouse.move(x, y + aside);
          if (node.test(await tip())) return { x, y: y + aside };
        }
      }
      throw new Error(`No node of ${row} is ${node}.`);
    },
  };
  return found;
}

/** The graph that the API gives for the question that the page asks. */
export async function askedOf(
  address: string,
  target: { tokens?: string[]; minus?: string[] },
  maxNodes = 500,
): Promise<CircuitGraph> {
  const response = await fetch(`${address}/api/v1/circuits`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'demo', prompt: IOI, target, mode: 'features', maxNodes }),
  });
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
  return (await response.json()) as CircuitGraph;
}
