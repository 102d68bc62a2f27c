import { readFileSync } from 'node:fs';
import type { Locator, Page } from 'playwright-core';
import { eventually } from './eventually.ts';

/** What a person finds beside the graph of a circuit, by role and name. */
export interface CircuitPanels {
  page: Page;
  /** The chosen node. */
  node: Locator;
  /** What it reads from and writes to: the rows in view. */
  connections: Locator;
  /** The pinned circuit. */
  pinned: Locator;
  boxes: Locator;
  box(name: RegExp): Locator;
  /** The weights on the arrows of the pinned circuit. */
  weights: Locator;
  /** Pins the strongest paths and waits for the drawing. */
  pinPaths(): Promise<void>;
  /** Chooses an entry of the menu of files. */
  file(entry: RegExp): Promise<void>;
  /** Does what saves a file; gives its name and text. */
  saved(act: () => Promise<void>): Promise<{ name: string; text: string }>;
  /** Opens a file by the menu. */
  open(name: string, text: string): Promise<void>;
  tab(name: string): Promise<void>;
}

export function circuitPanels(page: Page): CircuitPanels {
  const region = (name: string) => page.getByRole('region', { name, exact: true });
  const pinned = region('Pinned circuit');
  const boxes = pinned.getByRole('option');
  const found: CircuitPanels = {
    page,
    node: region('Chosen node'),
    connections: page
      .getByRole('grid', { name: /^(Connections of|What) the chosen node/ })
      .locator('[data-place]'),
    pinned,
    boxes,
    box: (name) => pinned.getByRole('option', { name }),
    weights: pinned.locator('[data-item^="weight:"]'),

    async pinPaths() {
      await pinned.getByRole('button', { name: 'Pin the strongest paths' }).click();
      await boxes.first().waitFor();
    },

    async file(entry) {
      await page.getByRole('button', { name: 'File', exact: true }).click();
      await page.getByRole('menuitem', { name: entry }).click();
    },

    async saved(act) {
      const download = page.waitForEvent('download');
      await act();
      const file = await download;
      return { name: file.suggestedFilename(), text: readFileSync(await file.path(), 'utf8') };
    },

    async open(name, text) {
      const chooser = page.waitForEvent('filechooser');
      await found.file(/^Open graph/);
      const buffer = Buffer.from(text);
      await (await chooser).setFiles({ name, mimeType: 'application/octet-stream', buffer });
    },

    async tab(name) {
      await page.getByRole('tab', { name, exact: true }).click();
      await eventually(() =>
        page.getByRole('tab', { name, exact: true }).getAttribute('aria-selected'),
      ).toBe('true');
    },
  };
  return found;
}
