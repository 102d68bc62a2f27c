import { LoupeError } from '@loupe/shared';
import { expect } from 'vitest';
import { AXE, violations } from './support/axe.ts';
import { eventually, words } from './support/eventually.ts';
import { FakeHub } from './support/fake-hub.ts';
import { modelsPage } from './support/models-page.ts';
import { NOTHING, overflow } from './support/overflow.ts';
import { test } from './support/test.ts';

const NARROW = { width: 900, height: 1200 };

test('the page says what is installed, with its figures, and what each set reads', async ({
  open,
}) => {
  const prompt = await open({ hash: '/models/demo/mlp-demo', prepare: new FakeHub().serve });
  const { chosen, sets, details, layer } = modelsPage(prompt);
  await eventually(() => words(chosen)).toMatch(/^Demo, 4 layers ?in use ?2\.62 M/);
  const sheet = prompt.page.getByRole('region', { name: 'Demo, 4 layers' });
  const text = await words(sheet);
  for (const figure of ['layers4', 'heads8 × 24', 'd_model192', 'context256', 'vocabulary4,096']) {
    expect(text).toContain(figure);
  }
  expect(await sets.count()).toBe(2);
  expect(await layer('mlp-demo', 3).getAttribute('aria-label')).toMatch(
    /^Layer 3: installed · 1,536 features/,
  );
  const set = await words(details('MLP transcoders'));
  expect(set).toContain('readsblocks.{layer}.ln2.hook_normalized');
  expect(set).toContain('writesblocks.{layer}.hook_mlp_out');
  expect(set).toContain('transcoder, ReLU');
  // What ships with Loupe stays.
  expect(await prompt.page.getByRole('button', { name: 'Remove…' }).count()).toBe(0);
});

test('at first the model is chosen with all that the three jobs need, and its size is said', async ({
  open,
}) => {
  const hub = new FakeHub();
  const prompt = await open({ hash: '/models', prepare: hub.serve });
  const { chosen, download, layer, details } = modelsPage(prompt);
  await eventually(() => words(chosen)).toMatch(/^Small/);
  expect(await words(download)).toBe('Download 4.10 GB');
  expect(await layer('att-x', 11).getAttribute('aria-selected')).toBe('true');
  expect(await layer('res-x', 11).getAttribute('aria-selected')).toBe('false');
  await prompt.page.getByText('38.0 GB free on the disk').waitFor();
  const set = await words(details('Set att-x'));
  for (const fact of ['value biases removed', 'licenceMIT', 'What att-x is', 'A paper']) {
    expect(set).toContain(fact);
  }

  await layer('att-x', 0).click();
  await layer('res-x', 5).click();
  await prompt.page.getByRole('checkbox', { name: 'All layers of mlp-x' }).click();
  expect(await words(download)).toBe('Download 2.30 GB');
  await download.click();
  const layers = Array.from({ length: 11 }, (_, i) => i + 1);
  await eventually(() => hub.asked).toEqual([
    {
      model: 'small',
      sets: [
        { id: 'att-x', layers },
        { id: 'res-x', layers: [5] },
      ],
    },
  ]);
});

test('what does not fit on the disk is refused, and the figures are said', async ({ open }) => {
  const hub = new FakeHub();
  hub.catalogue.freeBytes = 1.1e9;
  const prompt = await open({ hash: '/models', prepare: hub.serve });
  const { download, layer } = modelsPage(prompt);
  await prompt.page
    .getByText(/^Does not fit: 1\.10 GB free on the disk of \/home\/loupe/)
    .waitFor();
  expect(await download.isDisabled()).toBe(true);
  await prompt.page.getByRole('checkbox', { name: 'All layers of mlp-x' }).click();
  await prompt.page.getByRole('checkbox', { name: 'All layers of att-x' }).click();
  await layer('att-x', 2).click();
  await eventually(() => download.isEnabled()).toBe(true);
  expect(await words(download)).toBe('Download 650 MB');
});

test('keys alone choose, download, look into a set and go back', async ({ open }) => {
  const hub = new FakeHub();
  const prompt = await open({ hash: '/models', prepare: hub.serve });
  const { chosen, models, sets, layer, download } = modelsPage(prompt);
  const { keyboard } = prompt.page;
  const focused = () =>
    prompt.page.evaluate(() => {
      const element = document.activeElement;
      return element?.getAttribute('aria-label') ?? element?.textContent ?? '';
    });
  await eventually(() => words(chosen)).toMatch(/^Small/);
  // Nothing but Tab leads from the top of the page into the list.
  for (let i = 0; i < 40 && !(await focused()).startsWith('Small'); i++)
    await keyboard.press('Tab');
  await keyboard.press('ArrowUp');
  await eventually(() => words(chosen)).toMatch(/^Demo/);
  await eventually(focused).toMatch(/^Demo/);
  await eventually(() => prompt.page.url()).toContain('#/models/demo');
  await keyboard.press('End');
  await eventually(() => words(chosen)).toMatch(/^Import/);
  await keyboard.press('Home');
  await keyboard.press('ArrowDown');
  await eventually(() => words(chosen)).toMatch(/^Small/);
  await keyboard.press('Enter');
  await eventually(focused).toMatch(/^Set att-x/);

  await keyboard.press('ArrowDown');
  await eventually(focused).toMatch(/^Set mlp-x/);
  await eventually(() => prompt.page.url()).toContain('/models/small/mlp-x');
  await keyboard.press('a');
  await eventually(() => words(download)).toBe('Download 2.30 GB');
  await keyboard.press('ArrowRight');
  await keyboard.press('ArrowRight');
  await eventually(focused).toMatch(/^Layer 1: available/);
  await keyboard.press('Space');
  await eventually(focused).toMatch(/^Layer 1: to be downloaded/);
  expect(await words(download)).toBe('Download 2.45 GB');
  // The arrows of the table walk no token of the prompt.
  await eventually(() => prompt.page.url()).not.toContain('pos=');
  await keyboard.press('Escape');
  await eventually(focused).toMatch(/^Set mlp-x/);
  await keyboard.press('Enter');
  await eventually(focused).toBe('Set mlp-x');
  await sets.first().getByRole('rowheader').focus();
  await keyboard.press('Escape');
  await eventually(focused).toMatch(/^Small/);
  expect(await models.count()).toBe(3);

  await download.focus();
  await keyboard.press('Enter');
  await eventually(() => hub.asked.length).toBe(1);
  expect(hub.asked[0]?.sets?.[1]).toEqual({ id: 'mlp-x', layers: [1] });
  await eventually(() => layer('mlp-x', 1).getAttribute('aria-label')).toMatch(/being downloaded/);
});

test('a download is followed to its end, on every page, and survives a reload', async ({
  open,
}) => {
  const hub = new FakeHub();
  hub.begin();
  const prompt = await open({ hash: '/models', prepare: hub.serve });
  const { downloads, badge, said } = modelsPage(prompt);
  const bar = downloads.getByRole('progressbar');
  await eventually(() => words(downloads)).toContain('600 MB of 2.30 GB · 24.0 MB/s · 71 s left');
  expect(await bar.getAttribute('aria-valuenow')).toBe('26');
  hub.change({ bytes: 1.2e9, secondsLeft: 46 });
  await eventually(() => words(downloads)).toContain('1.20 of 2.30 GB');
  await downloads.getByText('1 of 2 files').click();
  await downloads.getByText('20 % of 500 MB').waitFor();

  await prompt.page.getByRole('link', { name: 'Prompt' }).click();
  await eventually(() => words(badge)).toBe('52 %');
  await prompt.page.reload();
  await eventually(() => words(badge)).toBe('52 %');
  await badge.click();
  hub.change({ status: 'converting', bytes: 2.3e9, converted: 3 });
  await eventually(() => words(downloads)).toContain(
    'Converting for fast reading · 3 of 12 sources',
  );

  hub.models = (list) => {
    const [demo] = list.models;
    return demo ? { ...list, models: [demo, { ...demo, id: 'small', name: 'Small' }] } : list;
  };
  hub.change({ status: 'done' });
  await eventually(() => words(said)).toBe('Small with att-x is installed');
  await eventually(() => badge.count()).toBe(0);
  await prompt.page.getByRole('button', { name: 'Model: demo' }).click();
  await prompt.page.getByRole('menuitemradio', { name: /^Small/ }).waitFor();
});

test('a download can be cancelled and taken up again', async ({ open }) => {
  const hub = new FakeHub();
  const { request } = hub.begin();
  const prompt = await open({ hash: '/models', prepare: hub.serve });
  const { downloads } = modelsPage(prompt);
  await downloads.getByRole('button', { name: 'Cancel' }).click();
  await eventually(() => words(downloads)).toContain('Cancelled · 600 MB of 2.30 GB are kept');
  expect(hub.cancelled).toEqual(['1']);
  await downloads.getByRole('button', { name: 'Resume' }).click();
  await eventually(() => hub.asked).toEqual([request]);
});

test('without the hub the page says what to fetch and where to put it', async ({ open }) => {
  const hub = new FakeHub();
  const url = 'http://hub.test/someone/something/resolve/main/model.safetensors';
  const { request } = hub.begin({
    status: 'failed',
    bytes: 0,
    error: new LoupeError('LOUPE_OFFLINE', `The hub does not answer. Fetch this:\n  ${url}`, {
      folder: '/home/loupe/by-hand/small',
      files: [{ url, path: 'model.safetensors' }],
    }).toBody(),
  });
  const prompt = await open({ hash: '/models', prepare: hub.serve, script: AXE });
  const { downloads } = modelsPage(prompt);
  await eventually(() => words(downloads)).toContain('LOUPE_OFFLINE');
  expect(await violations(prompt)).toEqual([]);
  expect(await words(downloads)).toContain('/home/loupe/by-hand/small');
  await downloads.getByRole('button', { name: 'Copy addresses' }).click();
  const copied = () => prompt.page.evaluate(() => navigator.clipboard.readText());
  await eventually(copied).toBe(url);
  await downloads.getByRole('button', { name: 'Copy folder' }).click();
  await eventually(copied).toBe('/home/loupe/by-hand/small');
  await downloads.getByRole('button', { name: 'Retry' }).click();
  await eventually(() => hub.asked).toEqual([request]);
});

test('a full disk is told in figures', async ({ open }) => {
  const hub = new FakeHub();
  const detail = { folder: '/home/loupe', neededBytes: 9.4e9, freeBytes: 2.1e9 };
  const error = new LoupeError('LOUPE_DISK_FULL', undefined, detail).toBody();
  hub.begin({ status: 'failed', error });
  const prompt = await open({ hash: '/models', prepare: hub.serve });
  const { downloads } = modelsPage(prompt);
  await eventually(() => words(downloads)).toContain(
    'Needed 9.40 GB, free 2.10 GB on the disk of /home/loupe',
  );
  // What has ended need not be looked at for ever.
  await downloads.getByRole('button', { name: /^Take .* off the list$/ }).click();
  const panel = prompt.page.getByRole('region', { name: 'Downloads' });
  await eventually(() => words(panel)).toContain('None since the server started');
});

test('a catalogue that cannot be read leaves what is installed, and is read again', async ({
  open,
}) => {
  const hub = new FakeHub();
  hub.refusal = new LoupeError('LOUPE_BAD_CATALOGUE', 'sets/x.json is not valid.').toBody();
  const prompt = await open({
    hash: '/models',
    prepare: hub.serve,
    expected: [/status of 500/],
  });
  const { models, chosen } = modelsPage(prompt);
  const alert = prompt.page.getByRole('region', { name: 'All models' }).getByRole('alert');
  await eventually(() => words(alert)).toMatch(/sets\/x\.json is not valid.*LOUPE_BAD_CATALOGUE/);
  await eventually(() => words(chosen)).toMatch(/^Demo/);
  hub.refusal = undefined;
  await alert.getByRole('button', { name: 'Retry' }).click();
  await eventually(() => models.allTextContents()).toEqual(
    expect.arrayContaining([expect.stringMatching(/^Small/)]),
  );
  await eventually(() => alert.count()).toBe(0);
});

test('a set is removed once that is confirmed; what looked wrong with it is told', async ({
  open,
}) => {
  const hub = new FakeHub();
  hub.models = (list) => ({
    ...list,
    models: list.models.map((model) => ({
      ...model,
      sets: model.sets.map((set) => ({
        ...set,
        imported: true,
        removable: true,
        warnings: ['It explains −0.31 of the variance.'],
      })),
    })),
  });
  const prompt = await open({ hash: '/models/demo/att-demo', prepare: hub.serve, script: AXE });
  const { details } = modelsPage(prompt);
  const set = details('Attention output SAEs');
  await eventually(() => words(set)).toContain('It explains −0.31 of the variance.');
  await set.getByRole('button', { name: 'Remove…' }).click();
  const dialog = prompt.page.getByRole('dialog', { name: 'Remove att-demo?' });
  expect(await words(dialog)).toContain('Layers 0–3 of Attention output SAEs for Demo');
  expect(await violations(prompt)).toEqual([]);
  await prompt.page.keyboard.press('Escape');
  await eventually(() => dialog.count()).toBe(0);
  expect(hub.removed).toEqual([]);
  await set.getByRole('button', { name: 'Remove…' }).click();
  await dialog.getByRole('button', { name: 'Remove', exact: true }).click();
  await eventually(() => hub.removed).toEqual(['demo/sets/att-demo']);
  await eventually(() => dialog.count()).toBe(0);
});

test('what cannot be used is listed with its reason', async ({ open }) => {
  const hub = new FakeHub();
  hub.models = (list) => ({
    ...list,
    problems: [
      {
        path: '/home/loupe/models/old',
        code: 'LOUPE_BAD_FILE',
        message: 'It has no manifest. Import it again.',
      },
    ],
  });
  const prompt = await open({ hash: '/models', prepare: hub.serve });
  await modelsPage(prompt).models.filter({ hasText: '1 folder or file' }).click();
  const problems = prompt.page.getByRole('region', { name: 'Cannot be used' });
  await eventually(() => words(problems)).toMatch(/It has no manifest.*\/home\/loupe\/models\/old/);
});

test('the page tells how to bring your own', async ({ open }) => {
  const prompt = await open({ hash: '/models/~import', prepare: new FakeHub().serve });
  await prompt.page.getByRole('button', { name: 'Copy command' }).click();
  await eventually(() => prompt.page.evaluate(() => navigator.clipboard.readText())).toBe(
    'npm run loupe -- import <folder>',
  );
});

test('a link to a model that is not there says so and leads on', async ({ open }) => {
  const prompt = await open({ hash: '/models/gpt9', prepare: new FakeHub().serve });
  await prompt.page.getByText('There is no model gpt9').waitFor();
  await prompt.page.getByRole('button', { name: 'Show the models' }).click();
  await eventually(() => words(modelsPage(prompt).chosen)).toMatch(/^Small/);
});

test('the palette opens the page and finds what can be downloaded', async ({ open }) => {
  const prompt = await open({ prepare: new FakeHub().serve });
  await prompt.settled(15);
  const find = async (query: string) => {
    await prompt.page.keyboard.press('ControlOrMeta+K');
    await prompt.page.getByRole('dialog', { name: 'Command palette' }).waitFor();
    await prompt.page.keyboard.type(query);
  };
  await find('download small');
  const entry = prompt.page.getByRole('option', { name: /Download Small/ });
  await eventually(() => words(entry)).toBe('Download Small4.10 GB');
  await prompt.page.keyboard.press('Enter');
  await eventually(() => words(modelsPage(prompt).chosen)).toMatch(/^Small/);
  await find('open prompt');
  await prompt.page.keyboard.press('Enter');
  await prompt.tokens.first().waitFor();
  // The prompt has come along there and back.
  expect(await prompt.tokens.count()).toBe(15);
  await find('open models');
  await prompt.page.keyboard.press('Enter');
  await modelsPage(prompt).chosen.waitFor();
});

for (const colorScheme of ['light', 'dark'] as const) {
  for (const viewport of [{ width: 1440, height: 900 }, NARROW]) {
    const title = `${colorScheme} at ${viewport.width} pixels has no serious violation, nor is it cut off`;
    test(title, async ({ open }) => {
      const hub = new FakeHub();
      const error = new LoupeError('LOUPE_DISK_FULL', undefined, {
        folder: '/home/loupe',
        neededBytes: 9.4e9,
        freeBytes: 2.1e9,
      });
      hub.begin({ status: 'failed', error: error.toBody() });
      hub.begin({ request: { model: 'small', sets: [{ id: 'att-x', layers: [0, 1] }] } });
      const options = { colorScheme, viewport, script: AXE, prepare: hub.serve };
      const prompt = await open({ ...options, hash: '/models/small/mlp-x' });
      const check = async () => {
        expect(await violations(prompt)).toEqual([]);
        expect(await overflow(prompt.page)).toEqual(NOTHING);
      };
      await prompt.settled(15);
      await modelsPage(prompt).download.waitFor();
      await check();
      if (viewport === NARROW) {
        for (const tab of ['Models', 'Details and downloads']) {
          await prompt.page.getByRole('tab', { name: tab, exact: true }).click();
          await check();
        }
        await prompt.page.getByRole('tab', { name: 'Models' }).click();
      }
      await modelsPage(prompt).models.filter({ hasText: 'Import' }).click();
      await prompt.page.getByRole('region', { name: 'Your own' }).waitFor();
      await check();
    });
  }
}
