import { expect } from 'vitest';
import { circuitHash, circuitPage, IOI } from './support/circuit-page.ts';
import { eventually, words } from './support/eventually.ts';
import { test } from './support/test.ts';

/** What React writes of an error that a boundary has caught, and the error itself. */
const CAUGHT = [/error/i, /cannot be drawn/];

/** A text at which the canvas of this test fails. */
const UNDRAWABLE = 'XQX';

test('a panel that fails says so and can be tried again, and the others stay', async ({ open }) => {
  let broken = true;
  const prompt = await open({
    expected: CAUGHT,
    prepare: async (page) => {
      await page.addInitScript((text) => {
        const { fillText } = CanvasRenderingContext2D.prototype;
        CanvasRenderingContext2D.prototype.fillText = function (written, ...place) {
          if (written === text) throw new Error('This cannot be drawn.');
          fillText.call(this, written, ...place);
        };
      }, UNDRAWABLE);
      await page.route('**/api/v1/logit-lens', async (route) => {
        const answer = await route.fetch();
        const body = (await answer.json()) as { texts: Record<string, string> };
        if (broken) for (const id in body.texts) body.texts[id] = UNDRAWABLE;
        await route.fulfill({ response: answer, json: body });
      });
    },
  });
  await prompt.tracks.getByText('The logit lens cannot be shown').waitFor();
  expect(await words(prompt.tracks)).toContain('LOUPE_PAGE_FAILED');
  await prompt.map.waitFor();
  await prompt.rows.first().waitFor();
  expect(await prompt.box.isEditable()).toBe(true);
  broken = false;
  await prompt.tracks.getByRole('button', { name: 'Retry' }).click();
  await prompt.lens.waitFor();
  await eventually(() => prompt.tracks.getByText('cannot be shown').count()).toBe(0);
});

test('an answer of another form is said to be that, and not taken for a server that is gone', async ({
  open,
}) => {
  const prompt = await open({
    prepare: async (page) => {
      await page.route('**/api/v1/logit-lens', async (route) => {
        const answer = await route.fetch();
        const body = (await answer.json()) as { texts: Record<string, unknown> };
        for (const id in body.texts) body.texts[id] = 7;
        await route.fulfill({ response: answer, json: body });
      });
    },
  });
  await prompt.settled(15);
  await prompt.tracks
    .getByText(/The answer to \/logit-lens is not as this page expects it/)
    .waitFor();
  await prompt.map.waitFor();
  expect(await words(prompt.notice)).toBe('');
});

test('an error in a handler or a promise is shown, and can be dismissed', async ({ open }) => {
  const prompt = await open({ expected: [/on purpose/] });
  await prompt.settled(15);
  const { page } = prompt;
  for (const provoke of [
    () =>
      setTimeout(() => {
        throw new Error('failed on purpose');
      }),
    () => void Promise.reject(new Error('failed on purpose')),
  ]) {
    await page.evaluate(provoke);
    await eventually(() => words(prompt.notice)).toMatch(
      /Something on this page failed: failed on purpose\. .*LOUPE_PAGE_FAILED/,
    );
    expect(await prompt.tokens.count()).toBe(15);
    await page.getByRole('button', { name: 'Dismiss' }).click();
    await eventually(() => words(prompt.notice)).toBe('');
  }
});

test('a drawing that cannot be loaded is said where it would stand, and is tried again', async ({
  open,
}) => {
  let broken = true;
  const { page } = await open({
    hash: circuitHash(IOI, { why: ' Mary' }),
    expected: CAUGHT,
    prepare: async (opened) => {
      await opened.route('**/layout-worker*', (route) =>
        broken ? route.abort() : route.continue(),
      );
    },
  });
  const circuit = circuitPage(page);
  await circuit.settled();
  const failed = page.getByText('The pinned circuit cannot be shown');
  await failed.waitFor();
  await circuit.graph.waitFor();
  broken = false;
  await page.getByRole('button', { name: 'Retry' }).click();
  await page.getByRole('button', { name: 'Pin the strongest paths' }).click();
  await page.getByRole('region', { name: 'Pinned circuit' }).getByRole('option').first().waitFor();
  expect(await failed.count()).toBe(0);
});
