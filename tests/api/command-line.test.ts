import { once } from 'node:events';
import { expect, test, vi } from 'vitest';
import { runLoupe, startLoupe } from './support/run-loupe.ts';

// Each command starts an engine of its own, some tests several.
vi.setConfig({ testTimeout: 120_000 });

test.each([
  'serve',
  'features',
  'intervene',
  'weight',
  'paths',
  'models',
  'pull',
  'remove',
  'import',
  'verify',
])('%s --help shows an example', async (command) => {
  const { stdout, stderr, status } = await runLoupe([command, '--help']);
  expect(status).toBe(0);
  expect(stdout).toContain(`npm run loupe -- ${command}`);
  expect(stderr).toBe('');
});

test.each(['circuit', 'intervene'])('%s lets one say what explains', async (command) => {
  const { stdout } = await runLoupe([command, '--help']);
  expect(stdout).toMatch(/--sources <ids>/);
});

test('features of a source that a frozen run cannot have are changed in a free one', async () => {
  const change = ['intervene', 'Hi', '1-att-demo/3@-1', '--sources', 'mlp-demo'];
  const environment = { LOUPE_BACKEND: 'wasm' };
  const refused = await runLoupe(change, environment);
  expect(refused.status).toBe(1);
  expect(refused.stderr).toMatch(/^LOUPE_BAD_REQUEST: .*--sources.*--runs free/);
  const { stdout, status } = await runLoupe([...change, '--runs', 'free'], environment);
  expect(status).toBe(0);
  expect(stdout).toContain('free');
  expect(stdout).not.toContain('frozen');
}, 120_000);

test.each([
  ['no command', []],
  ['an unknown command', ['feature', 'Hi']],
  ['an unknown option', ['models', '--jsn']],
  ['a missing prompt', ['features']],
  ['nothing to change', ['intervene', 'Hi']],
  ['a number that is none', ['features', 'Hi', '--top-k', 'many']],
  ['a fraction where a whole number is meant', ['features', 'Hi', '--top-k', '1.5']],
])('%s is a usage error: status 2 and a hint on stderr', async (_, args) => {
  const { stdout, stderr, status } = await runLoupe(args);
  expect(status).toBe(2);
  expect(stdout).toBe('');
  expect(stderr).toContain('--help');
});

test.each([
  ['a port that is none', ['serve'], { LOUPE_PORT: '70000' }, /LOUPE_BAD_SETTING: LOUPE_PORT/],
  ['an unknown backend', ['models'], { LOUPE_BACKEND: 'abacus' }, /tensorflow, wasm, cpu/],
  ['other machines without a token', ['serve'], { LOUPE_HOST: '0.0.0.0' }, /Set LOUPE_TOKEN/],
  ['a short token', ['serve'], { LOUPE_TOKEN: 'secret' }, /at least 16/],
  ['an unknown model', ['features', 'Hi', '--model', 'gpt5'], {}, /^LOUPE_MODEL_NOT_FOUND: .*demo/],
  [
    'a change that is none',
    ['intervene', 'Hi', '5-att-kk'],
    {},
    /^LOUPE_BAD_REQUEST: .*"5-att-kk" is no change\. Write a feature as/,
  ],
  ['nothing to import', ['import', 'nowhere'], {}, /^LOUPE_IMPORT_REFUSED: .*nowhere is not there/],
  ['no model to import', ['import', 'docs', '--as', 'x'], {}, /^LOUPE_IMPORT_REFUSED: .*no GPT-2/],
  [
    'an import under an id that ships',
    ['import', 'data/demo/model', '--as', 'demo'],
    {},
    /^LOUPE_ID_TAKEN: There is a model "demo" already\. Choose/,
  ],
])('%s is an error: status 1 and its code on stderr', async (_, args, environment, message) => {
  const { stdout, stderr, status } = await runLoupe(args, environment);
  expect(status).toBe(1);
  expect(stdout).toBe('');
  expect(stderr).toMatch(message);
});

test('models lists sets with their layers, without colour where no terminal is', async () => {
  const { stdout, status } = await runLoupe(['models']);
  expect(status).toBe(0);
  expect(stdout).toMatch(/demo .* att-demo +attention +0–3/);
  expect(stdout).not.toContain('\u001b');
});

test('models --json has what the API has', async () => {
  const { stdout } = await runLoupe(['models', '--json']);
  const { models } = JSON.parse(stdout);
  expect(models[0]).toMatchObject({ id: 'demo', architecture: { layers: 4 } });
  expect(models[0].sources).toHaveLength(8);
});

test('a reader that has had enough, such as head, is no error', async () => {
  const child = startLoupe(['models', '--json']);
  child.stdout.destroy();
  let stderr = '';
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  const [status] = await once(child, 'close');
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
});

test('intervene and weight compute what the API computes', async () => {
  const changed = await runLoupe(['intervene', 'Once upon a time', 'head:0.0', '--json']);
  expect(JSON.parse(changed.stdout)).toMatchObject({
    model: 'demo',
    position: 4,
    runs: [{ run: 'frozen' }, { run: 'free' }],
  });
  const valid = await runLoupe(['circuit', 'Once upon a time', '--validate', '3']);
  expect(valid.stdout).toMatch(/frozen +3 +(-?[01]\.\d{3} +){2}[\d.]+ %/);
  const weight = await runLoupe(['weight', '0-mlp-demo/573', '2-mlp-demo/679']);
  expect(weight.stdout).toMatch(/^0\.131424 {2}× activation of 0-mlp-demo\/573/);
});
