import type { Locator } from 'playwright-core';
import type { PromptPage } from './prompt-page.ts';

/** What a person finds on the Models page, by role and name. */
export interface ModelsPage {
  models: Locator;
  /** The chosen model of the list. */
  chosen: Locator;
  /** Rows of the table of sets. */
  sets: Locator;
  details: (name: string) => Locator;
  downloads: Locator;
  download: Locator;
  badge: Locator;
  /** What was said last. */
  said: Locator;
  /** A layer of a set. */
  layer(set: string, layer: number): Locator;
}

export function modelsPage({ page }: PromptPage): ModelsPage {
  const list = page.getByRole('listbox', { name: 'Models' });
  const table = page.getByRole('grid', { name: /^Sets of / });
  const sets = table.getByRole('row').filter({ has: page.getByRole('rowheader') });
  return {
    models: list.getByRole('option'),
    chosen: list.getByRole('option', { selected: true }),
    sets,
    details: (name) => page.getByRole('region', { name, exact: true }),
    downloads: page.getByRole('region', { name: 'Downloads' }).locator('> ul > li'),
    download: page.getByRole('button', { name: /^Download/ }),
    badge: page.getByRole('link', { name: /^Download: / }),
    said: page.locator('.announcement'),
    layer: (set, layer) =>
      sets.filter({ hasText: set }).getByRole('gridcell', { name: new RegExp(`^Layer ${layer}:`) }),
  };
}
