import { expect } from 'vitest';
import { eventually, words } from './support/eventually.ts';
import type { PromptPage } from './support/prompt-page.ts';
import { test } from './support/test.ts';

/** What has the focus, by its role or element and its name. */
function focused({ page }: PromptPage): Promise<string> {
  return page.evaluate(() => {
    const element = document.activeElement;
    return `${element?.getAttribute('role') ?? element?.localName} ${
      element?.getAttribute('aria-label') ?? element?.textContent?.slice(0, 40)
    }`;
  });
}

test('the palette opens by keyboard, finds a feature, goes to it and pins it', async ({ open }) => {
  const prompt = await open();
  await prompt.settled(15);
  const { keyboard } = prompt.page;
  await keyboard.press('ControlOrMeta+K');
  const palette = prompt.page.getByRole('dialog', { name: 'Command palette' });
  await palette.waitFor();
  await eventually(() => focused(prompt)).toMatch(/^combobox/);
  await keyboard.type('3-att-demo/1148');
  await eventually(() => words(palette.getByRole('option').first())).toMatch(
    /^3-att-demo\/1148.*6\.99 at ·drink/,
  );
  await keyboard.press('Enter');
  await eventually(() => palette.count()).toBe(0);
  expect(await words(prompt.selectedToken)).toBe('·drink');
  await prompt.top('3/1148');
  expect(await prompt.tracks.getByRole('button', { name: 'Unpin feature 3/1148' }).count()).toBe(1);
});

test('the palette finds features by what they promote, tokens, sources and actions', async ({
  open,
}) => {
  const prompt = await open();
  await prompt.settled(15);
  const { keyboard } = prompt.page;
  const palette = prompt.page.getByRole('dialog', { name: 'Command palette' });
  const find = async (query: string) => {
    await keyboard.press('ControlOrMeta+K');
    await palette.waitFor();
    await keyboard.type(query);
  };
  await find('mary');
  await eventually(() => palette.getByRole('option').allTextContents()).toEqual(
    expect.arrayContaining([expect.stringMatching(/^ ?3-att-demo\/213.*·Mary/)]),
  );
  await keyboard.press('Escape');
  await eventually(() => palette.count()).toBe(0);
  await find('token store');
  await eventually(() => palette.getByRole('option').count()).toBe(1);
  await keyboard.press('Enter');
  await eventually(() => words(prompt.selectedToken)).toBe('·store');
  await find('shade error');
  await keyboard.press('Enter');
  await prompt.tracks.getByRole('button', { name: 'shade: reconstruction error' }).waitFor();
  await find('source 1 mlp');
  await eventually(() => words(palette.getByRole('option').first())).toMatch(/^1-mlp-demo/);
  await keyboard.press('Enter');
  await eventually(async () => (await prompt.listed())[0]?.kind).toBe('MLP');
  await find('no such thing');
  await palette.getByText(/^Nothing matches/).waitFor();
});

test('Enter takes the best match of the palette, also when it was found late', async ({ open }) => {
  const prompt = await open({ hash: '/prompt?prompt=Anna+drew+a+star' });
  await prompt.settled(5);
  await prompt.page.keyboard.press('ControlOrMeta+K');
  const palette = prompt.page.getByRole('dialog', { name: 'Command palette' });
  await palette.waitFor();
  // An example has the word too, and is known before what the features promote has been asked.
  await prompt.page.keyboard.type('mary');
  const features = palette.getByRole('option', { name: /promotes .*mary/i });
  await eventually(() => features.count()).toBeGreaterThan(0);
  await eventually(() => features.first().getAttribute('aria-selected')).toBe('true');
  await prompt.page.keyboard.press('Enter');
  await eventually(() => palette.count()).toBe(0);
  expect(await prompt.box.inputValue()).toBe('Anna drew a star');
  expect(await prompt.tracks.getByRole('button', { name: /^Unpin feature/ }).count()).toBe(1);
});

test('the question mark lists every key, and Esc brings back where one was', async ({ open }) => {
  const prompt = await open();
  await prompt.settled(15);
  await prompt.selectedToken.focus();
  const { keyboard } = prompt.page;
  await keyboard.press('?');
  const help = prompt.page.getByRole('dialog', { name: 'Keys and words' });
  await help.waitFor();
  const text = await words(help);
  for (const what of ['Go to the prompt', 'Token before', 'Source above', 'Pin or unpin', 'Esc']) {
    expect(text).toContain(what);
  }
  // Keys do nothing to the page below.
  await keyboard.press('ArrowLeft');
  await keyboard.press('Escape');
  await eventually(() => help.count()).toBe(0);
  await eventually(() => focused(prompt)).toMatch(/^option to, position 14/);
  expect(await words(prompt.selectedToken)).toBe('·to');
});

test('a slash leads to the prompt, where keys are only letters, and Esc out of it', async ({
  open,
}) => {
  const prompt = await open();
  await prompt.settled(15);
  const { keyboard } = prompt.page;
  await keyboard.press('/');
  await eventually(() => focused(prompt)).toBe('textarea Prompt');
  await keyboard.type(' p?[/');
  expect(await prompt.box.inputValue()).toMatch(/drink to p\?\[\/$/);
  expect(await prompt.page.getByRole('dialog').count()).toBe(0);
  await keyboard.press('Escape');
  await eventually(() => focused(prompt)).toMatch(/^body/);
});

test('a panel opens alone, and Esc brings the others back', async ({ open }) => {
  const prompt = await open();
  await prompt.settled(15);
  await prompt.choose('Features of the token: menu', 'Open alone');
  await eventually(() => prompt.tracks.count()).toBe(0);
  await prompt.rows.first().waitFor();
  await prompt.page.keyboard.press('Escape');
  await prompt.tracks.waitFor();
  expect(await prompt.selection.count()).toBe(1);
});

test('menus are opened, walked and left by keyboard', async ({ open }) => {
  const prompt = await open();
  await prompt.settled(15);
  const { keyboard } = prompt.page;
  const examples = prompt.page.getByRole('button', { name: 'Examples' });
  await examples.focus();
  await keyboard.press('Enter');
  await prompt.page.getByRole('menu').waitFor();
  await keyboard.press('ArrowDown');
  await keyboard.press('Escape');
  await eventually(() => prompt.page.getByRole('menu').count()).toBe(0);
  await eventually(() => focused(prompt)).toMatch(/Examples/);
});

test('Tab reaches everything, and shows where it is', async ({ open }) => {
  const prompt = await open({ hash: '/prompt?pins=3-att-demo%2F213' });
  await prompt.settled(15);
  await prompt.rows.first().waitFor();
  const reached: string[] = [];
  const unseen: string[] = [];
  for (let stop = 0; stop < 60; stop++) {
    await prompt.page.keyboard.press('Tab');
    const name = await focused(prompt);
    if (name.startsWith('body') || reached.includes(name)) break;
    reached.push(name);
    const shown = await prompt.page.evaluate(() => {
      const marks = (element: Element | null | undefined) => {
        if (!element) return '';
        const { outlineStyle, outlineWidth, boxShadow, borderColor } = getComputedStyle(element);
        const outline = outlineStyle === 'none' ? '' : outlineWidth;
        return `${outline} ${boxShadow} ${borderColor}`;
      };
      const element = document.activeElement as HTMLElement;
      // On the element itself or on what stands for it inside, as in a picture of cells.
      const parts = [element, ...element.querySelectorAll('*')];
      const before = parts.map(marks);
      element.blur();
      const after = parts.map(marks);
      element.focus();
      return before.some((mark, index) => mark !== after[index]);
    });
    if (!shown) unseen.push(name);
  }
  expect(unseen).toEqual([]);
  for (const name of ['Prompt', 'Examples', 'Share', 'Map of sources', 'Logit lens', 'Theme']) {
    expect(
      reached.some((one) => one.includes(name)),
      name,
    ).toBe(true);
  }
  expect(reached.some((one) => one.startsWith('option to, position 14'))).toBe(true);
  expect(reached.some((one) => one.startsWith('row'))).toBe(true);
});
