import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { circuitHash, circuitPage, IOI } from './support/circuit-page.ts';
import { circuitPanels } from './support/circuit-panels.ts';
import { eventually } from './support/eventually.ts';
import { test } from './support/test.ts';

const HASH = circuitHash(IOI, { why: ' Mary' });

interface Box {
  top: number;
  bottom: number;
  left: number;
  right: number;
}

/** Where the parts of the Circuit page are, and which marks of nodes are beyond the plot. */
function places(page: Page) {
  return page.evaluate(() => {
    const box = (selector: string): Box => {
      const rect = document.querySelector(selector)?.getBoundingClientRect();
      const { top = 0, bottom = 0, left = 0, right = 0 } = rect ?? {};
      return { top, bottom, left, right };
    };
    const plot = box('.graph-plot');
    const beyond = [...document.querySelectorAll('.graph-picture path')]
      .map((mark) => mark.getBoundingClientRect())
      .filter(
        ({ top, bottom, left, right }) =>
          top < plot.top - 1 ||
          bottom > plot.bottom + 1 ||
          left < plot.left - 1 ||
          right > plot.right + 1,
      ).length;
    return {
      plot,
      beyond,
      tokens: box('.graph-columns'),
      sliders: box('.thresholds'),
      page: box('#page'),
    };
  });
}

/** Every node and every token label is in sight, above the sliders, which end with the page. */
async function expectWhole(page: Page): Promise<void> {
  await eventually(async () => {
    const { plot, beyond, tokens, sliders, page: whole } = await places(page);
    return {
      beyond,
      tokensBelowPlot: tokens.top >= plot.bottom - 1,
      tokensAboveSliders: tokens.bottom <= sliders.top + 1,
      slidersInSight: sliders.bottom <= whole.bottom + 1 && whole.bottom <= innerHeightOf(page),
    };
  }).toEqual({
    beyond: 0,
    tokensBelowPlot: true,
    tokensAboveSliders: true,
    slidersInSight: true,
  });
}

function innerHeightOf(page: Page): number {
  return page.viewportSize()?.height ?? 0;
}

test('the graph fits its panel whenever that gets smaller or larger', async ({ open }) => {
  const { page } = await open({ hash: HASH });
  await circuitPage(page).settled();
  for (const [width, height] of [
    [1440, 900],
    [1440, 780],
    [1440, 620],
    [1440, 900],
    [1100, 700],
    [1440, 1000],
  ] as const) {
    await page.setViewportSize({ width, height });
    await expectWhole(page);
  }
  // Where it has come to by steps is where it would have been from the start.
  await page.setViewportSize({ width: 1440, height: 780 });
  await expectWhole(page);
  const stepped = await places(page);
  await page.reload();
  await circuitPage(page).settled();
  await eventually(() => places(page)).toEqual(stepped);
});

test('a line above the graph makes it smaller, and larger again when it goes', async ({ open }) => {
  const { page } = await open({ hash: HASH, viewport: { width: 1440, height: 780 } });
  await circuitPage(page).settled();
  const before = await places(page);
  const panels = circuitPanels(page);
  const { text } = await panels.saved(() => panels.file(/^Save graph/));
  await panels.open('saved.json', text);
  await page.getByText('saved.json', { exact: true }).waitFor();
  await expectWhole(page);
  expect((await places(page)).plot.top).toBeGreaterThan(before.plot.top);
  await panels.open('broken.json', '{}');
  await page.getByRole('button', { name: 'Dismiss' }).waitFor();
  await expectWhole(page);
  await page.getByRole('button', { name: 'Dismiss' }).click();
  await expectWhole(page);
});

test('what the reader has zoomed to stays in the middle when the panel changes', async ({
  open,
}) => {
  const { page } = await open({ hash: HASH });
  const circuit = circuitPage(page);
  await circuit.settled();
  const logit = page.locator('.node-names text', { hasText: '·Mary >' });
  const at = await logit.boundingBox();
  if (!at) throw new Error('The logit has no name.');
  await page.mouse.move(at.x + at.width / 2, at.y + 20);
  await page.mouse.wheel(0, -400);
  await eventually(async () => (await places(page)).beyond).toBeGreaterThan(0);
  const share = async () => {
    const [name, { plot }] = await Promise.all([logit.boundingBox(), places(page)]);
    return name ? ((name.x - plot.left) / (plot.right - plot.left)).toFixed(1) : 'gone';
  };
  const before = await share();
  await page.setViewportSize({ width: 1200, height: 700 });
  await eventually(share).toBe(before);
  await page.setViewportSize({ width: 1440, height: 900 });
  await eventually(share).toBe(before);
});

const LONG = `a${' b'.repeat(197)}`;

/** How wide the columns are together and how much there is for them, from the token list. */
function columns(page: Page) {
  return page.evaluate(() => {
    const strip = document.querySelector('.token-strip') as HTMLElement;
    const right = Math.max(
      ...[...strip.querySelectorAll('.token')].map((one) => one.getBoundingClientRect().right),
    );
    const { left, width } = strip.getBoundingClientRect();
    return { filled: Math.round(right - left), width: Math.round(width), runs: strip.dataset.runs };
  });
}

test('"fit" fills exactly the width, and does nothing where all fits', async ({ open }) => {
  const prompt = await open();
  const { page } = prompt;
  await prompt.settled(15);
  const short = await columns(page);
  expect(await page.getByRole('button', { name: 'fit' }).count()).toBe(0);
  await prompt.run(LONG);
  await prompt.settled(199);
  await page.getByRole('button', { name: 'fit' }).click();
  for (const width of [1440, 1200, 1000]) {
    await page.setViewportSize({ width, height: 900 });
    await eventually(async () => {
      const now = await columns(page);
      return now.filled - now.width;
    }).toBe(0);
  }
  await page.setViewportSize({ width: 1440, height: 900 });
  await prompt.run(IOI);
  await prompt.settled(15);
  // The tokens stand as if nothing had ever been fitted.
  await eventually(() => columns(page)).toEqual(short);
  expect(await page.getByRole('button', { name: 'fit' }).count()).toBe(0);
});
