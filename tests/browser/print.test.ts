import { expect } from 'vitest';
import { circuitHash, circuitPage, IOI } from './support/circuit-page.ts';
import { eventually } from './support/eventually.ts';
import { test } from './support/test.ts';

test('a page prints what is on it: light, without bars, whole on one sheet', async ({ open }) => {
  const { page } = await open({
    hash: circuitHash(IOI, { why: ' Mary' }),
    colorScheme: 'dark',
  });
  await circuitPage(page).settled();
  await page.evaluate(() => dispatchEvent(new Event('beforeprint')));
  await page.emulateMedia({ media: 'print' });
  expect(await page.locator('.top-bar').isVisible()).toBe(false);
  expect(await page.locator('.prompt-bar').isVisible()).toBe(false);
  expect(await page.evaluate(() => document.documentElement.dataset.scheme)).toBe('light');
  // All of the graph, its lowest row and what stands beside it too, lies within one sheet on its side.
  for (const part of ['.graph-plot', '.thresholds', '.circuit-side']) {
    const box = await page.locator(part).boundingBox();
    expect((box?.x ?? 1e4) + (box?.width ?? 0), part).toBeLessThan(980);
    expect((box?.y ?? 1e4) + (box?.height ?? 0), part).toBeLessThan(700);
    expect(box?.width, part).toBeGreaterThan(300);
  }
  const pdf = (await page.pdf({ preferCSSPageSize: true, printBackground: true })).toString(
    'latin1',
  );
  expect(pdf.match(/\/Type\s*\/Page\b/g)).toHaveLength(1);
  await page.emulateMedia({ media: 'screen' });
  await page.evaluate(() => dispatchEvent(new Event('afterprint')));
  await eventually(() => page.evaluate(() => document.documentElement.dataset.scheme)).toBe('dark');
});

test('the palette finds exports, and whatever else can be done', async ({ open }) => {
  const { page } = await open({ hash: circuitHash(IOI, { why: ' Mary' }) });
  await circuitPage(page).settled();
  const offered = async (query: string) => {
    await page.keyboard.press('ControlOrMeta+K');
    await page.getByRole('dialog', { name: 'Command palette' }).waitFor();
    await page.keyboard.type(query);
    return page.getByRole('option');
  };
  for (const query of ['export', 'svg', 'neuronpedia', 'pdf', 'import', 'mermaid', 'print']) {
    const options = await offered(query);
    await eventually(async () =>
      (await options.allTextContents()).join(' ').toLowerCase(),
    ).toContain(query);
    await page.keyboard.press('Escape');
    await eventually(() => page.getByRole('dialog').count()).toBe(0);
  }
  await offered('neuronpedia json');
  await page.getByRole('option', { name: /^Export the graph as Neuronpedia JSON/ }).click();
  const dialog = page.getByRole('dialog', { name: /^Export/ });
  await dialog.waitFor();
  expect(await dialog.getByRole('radio', { name: /Neuronpedia JSON/ }).isChecked()).toBe(true);
});
