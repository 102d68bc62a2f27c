import { expect } from 'vitest';
import { eventually, words } from './support/eventually.ts';
import { goldenPrompt } from './support/golden.ts';
import type { PromptPage } from './support/prompt-page.ts';
import { test } from './support/test.ts';

/** Everything that a link is to restore, as it reads on screen. */
async function state({ page, ...prompt }: PromptPage) {
  const pressed = (area: typeof prompt.tracks) =>
    area.getByRole('button', { pressed: true }).allTextContents();
  return {
    text: await prompt.box.inputValue(),
    tokens: await prompt.tokens.allTextContents(),
    selected: await words(prompt.selectedToken),
    listed: await prompt.listed(),
    pressed: [await pressed(prompt.tracks), await pressed(prompt.selection)],
    pins: await prompt.tracks.getByRole('button', { name: /^Unpin feature/ }).count(),
    shade: await words(prompt.tracks.getByRole('button', { name: /^shade/ })),
    colouring: await words(page.getByRole('button', { name: /^Tokens are coloured/ })),
    least: await page.getByRole('textbox', { name: 'Least activation' }).inputValue(),
    filter: await page.getByRole('searchbox').inputValue(),
  };
}

test('a link restores everything in another browser', async ({ open }) => {
  const prompt = await open();
  await prompt.run(goldenPrompt('story'));
  await prompt.settled(12);
  await prompt.tokens.nth(10).click();
  const names = (await prompt.listed()).slice(0, 3).map(({ name }) => name);
  for (const name of names) {
    await prompt.row(name).hover();
    await prompt.page.keyboard.press('p');
  }
  await prompt.page
    .getByRole('button', { name: `Colour the tokens by feature ${names[1]}` })
    .click();
  await prompt.choose(/^shade:/, 'reconstruction error');
  await prompt.page.getByRole('textbox', { name: 'Least activation' }).fill('0.2');
  await prompt.page.getByRole('searchbox').fill('e');
  await prompt.page.getByRole('button', { name: 'everywhere' }).click();
  await prompt.tracks.getByRole('button', { name: 'L2 attn', exact: true }).click();
  await prompt.page.mouse.move(0, 0);
  await eventually(() => prompt.page.url()).toMatch(/source=2-att-demo/);
  const link = await prompt.copy('Share', 'Copy link');
  expect(link).toBe(prompt.page.url());
  await eventually(async () => (await prompt.listed()).length).toBeGreaterThan(0);
  const before = await state(prompt);
  expect(before).toMatchObject({ selected: '·girl', pins: 3, least: '0.2', filter: 'e' });

  const other = await open({ hash: link.split('#')[1] ?? '' });
  await other.settled(12);
  await eventually(() => state(other)).toEqual(before);
  await other.page.reload();
  await other.settled(12);
  await eventually(() => state(other)).toEqual(before);
});

test('Back and Forward go from prompt to prompt', async ({ open }) => {
  const prompt = await open({ hash: '/prompt?prompt=Once+upon' });
  await prompt.settled(3);
  await prompt.run('Hello there my friend');
  await prompt.settled(5);
  await eventually(() => prompt.page.url()).toContain('friend');
  // A view that changes is no step of its own.
  await prompt.page.keyboard.press('Escape');
  await prompt.page.keyboard.press('ArrowLeft');
  await eventually(() => prompt.page.url()).toContain('pos=3');
  await prompt.page.goBack();
  await prompt.settled(3);
  expect(await prompt.box.inputValue()).toBe('Once upon');
  expect(await prompt.tokens.allTextContents()).toEqual(['BOS', 'Once', '·upon']);
  await prompt.page.goForward();
  await prompt.settled(5);
  expect(await prompt.box.inputValue()).toBe('Hello there my friend');
  await eventually(() => prompt.selectedToken.getAttribute('aria-posinset')).toBe('4');
});

test('the prompt is in no request line, so that no log keeps it', async ({ open, server }) => {
  const prompt = await open();
  await prompt.settled(15);
  const asked: string[] = [];
  prompt.page.on('request', (request) => asked.push(request.url()));
  await prompt.run('Sesame opens');
  await eventually(() => prompt.page.url()).toContain('Sesame');
  await prompt.page.reload();
  await eventually(() => words(prompt.summary)).toMatch(/activations · /);
  expect(asked.length).toBeGreaterThan(3);
  // Chromium gives the address with what is after the #, which it does not send.
  expect(asked.map((url) => url.split('#')[0]).join()).not.toContain('Sesame');
  expect(server.printed()).not.toContain('Sesame');
});

test('what makes no sense in a link is passed over', async ({ open }) => {
  const prompt = await open({
    hash: '/nowhere?prompt=Hello+there&pos=999&pins=x,1-att-demo/3,&shade=wild&min=-4&source=zz&scope=2',
  });
  await prompt.settled(3);
  expect(await words(prompt.selectedToken)).toBe('·there');
  expect(await prompt.tracks.getByRole('button', { name: /^Unpin feature/ }).count()).toBe(1);
  await prompt.rows.first().waitFor();
});

test('a link to a model that is not there says so', async ({ open }) => {
  const prompt = await open({
    hash: '/prompt?model=gpt9&prompt=Hello',
    expected: [/status of 404/],
  });
  await eventually(() => words(prompt.notice)).toContain('LOUPE_MODEL_NOT_FOUND');
  expect(await prompt.page.getByRole('button', { name: 'Retry' }).count()).toBe(0);
});
