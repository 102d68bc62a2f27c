import { readFileSync } from 'node:fs';
import type { Locator, Page } from 'playwright-core';
import { eventually } from './eventually.ts';

/** A row of the list of features as it reads. */
export interface ListedFeature {
  /** `3/213`: layer and index. */
  name: string;
  kind: string;
  activation: number;
}

/** What a person finds on the Prompt page, by role and name. */
export interface PromptPage {
  page: Page;
  /** Where the prompt is typed. */
  box: Locator;
  /** What the run came to: `15 tokens · 2,012 activations · 38 ms`. */
  summary: Locator;
  /** The mark of a run that was computed beforehand. */
  storedMark: Locator;
  engineBadge: Locator;
  notice: Locator;
  tokens: Locator;
  selectedToken: Locator;
  tracks: Locator;
  map: Locator;
  lens: Locator;
  selection: Locator;
  /** Rows of the list of features that are in view. */
  rows: Locator;
  nextTokens: Locator;
  /** Replaces the prompt and runs it. */
  run(prompt: string): Promise<void>;
  /** Waits for a live run of so many tokens to be on screen, whole. */
  settled(tokens: number): Promise<void>;
  listed(): Promise<ListedFeature[]>;
  /** Waits until the feature on top of the list is this one. */
  top(name: string): Promise<void>;
  row(name: string): Locator;
  /** Opens a menu by its button's name and chooses an entry. */
  choose(menu: string | RegExp, entry: string | RegExp): Promise<void>;
  /** Chooses what copies from a menu; gives what is then on the clipboard. */
  copy(menu: string | RegExp, entry: string | RegExp): Promise<string>;
  /** Chooses what saves a file from a menu; gives its name and what is in it. */
  save(menu: string | RegExp, entry: string | RegExp): Promise<{ name: string; bytes: Buffer }>;
}

function featureOf(cells: string[]): ListedFeature {
  const [, kind = '', name = ''] = /^(.*?)\s*(\d+\/\d+)$/.exec(cells[0]?.trim() ?? '') ?? [];
  return { name, kind, activation: Number(cells[1]) };
}

export function promptPage(page: Page): PromptPage {
  const region = (name: string) => page.getByRole('region', { name, exact: true });
  const bar = region('Prompt');
  const tokenList = page.getByRole('listbox', { name: 'Tokens of the prompt' });
  const features = page.getByRole('grid', { name: 'Features of the selected token' });
  const rows = features.getByRole('row', { name: /active on/ });

  const found: PromptPage = {
    page,
    box: page.getByRole('textbox', { name: 'Prompt', exact: true }),
    summary: bar.getByRole('status'),
    storedMark: page.getByRole('button', { name: 'stored run' }),
    engineBadge: page
      .locator('header')
      .getByRole('button', { name: /\d thread|Engine|connected/i }),
    notice: page.getByRole('alert'),
    tokens: tokenList.getByRole('option'),
    selectedToken: tokenList.getByRole('option', { selected: true }),
    tracks: region('Tracks of the prompt'),
    map: page.getByRole('grid', { name: /^Map of sources/ }),
    lens: page.getByRole('grid', { name: /^Logit lens/ }),
    selection: region('Selected token'),
    rows,
    nextTokens: region('Next token').getByRole('listitem'),

    async run(prompt) {
      await found.box.fill(prompt);
      await found.box.press('Enter');
    },

    async settled(tokens) {
      const whole = new RegExp(`^${tokens} tokens? · [\\d,]+ activations · [\\d.]+ m?s$`);
      await eventually(() => found.summary.textContent()).toMatch(whole);
    },

    async listed() {
      const cells = await rows.evaluateAll((all) =>
        all.map((row) =>
          [...row.querySelectorAll('[role="gridcell"]')].map((cell) => cell.textContent ?? ''),
        ),
      );
      return cells.map(featureOf);
    },

    async top(name) {
      await eventually(async () => (await found.listed())[0]?.name).toBe(name);
    },

    row: (name) =>
      rows.filter({ has: page.getByRole('gridcell', { name: new RegExp(` ${name}$`) }) }),

    async choose(menu, entry) {
      await page.getByRole('button', { name: menu }).click();
      await page.getByRole('menu').getByText(entry, { exact: true }).click();
    },

    async copy(menu, entry) {
      await page.evaluate(() => navigator.clipboard.writeText(''));
      await found.choose(menu, entry);
      let copied = '';
      await eventually(async () => {
        copied = await page.evaluate(() => navigator.clipboard.readText());
        return copied;
      }).not.toBe('');
      return copied;
    },

    async save(menu, entry) {
      const download = page.waitForEvent('download');
      await found.choose(menu, entry);
      const saved = await download;
      return { name: saved.suggestedFilename(), bytes: readFileSync(await saved.path()) };
    },
  };
  return found;
}
