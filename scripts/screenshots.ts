/**
 * Takes the pictures in docs/images, of the page as it was built last:
 *
 *     node --import tsx scripts/screenshots.ts [page …]
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { type Browser, chromium, type Page } from 'playwright-core';
import { serverBuild } from './lib/build-server.mjs';
import { projectRoot } from './lib/project-root.mjs';
import { say } from './lib/say.mjs';
import { findChromium } from './lib/testing/find-chromium.mjs';

const FOLDER = join(projectRoot, 'docs/images');
const PROMPT = 'When Mary and John went to the store, John gave a drink to';
/** Runs first, so that the time beside the prompt is that of a warm engine. */
const BEFORE = 'Once upon a time';
const PINS = ['3-att-demo/213', '2-mlp-demo/43', '0-mlp-demo/1133', '2-att-demo/65'];
/** Ids of nodes: the name mover, what it reads, and where that comes from. */
const CIRCUIT_PINS = [
  '5_1290_14',
  'att_3_213_14',
  '0_573_2',
  '0_269_2',
  '0_889_2',
  'E_1290_2',
  'P_2',
];
const SIZES = [
  { width: 1440, height: 900 },
  { width: 900, height: 900 },
];
const SCHEMES = ['light', 'dark'] as const;

type Size = (typeof SIZES)[number];
type Scheme = (typeof SCHEMES)[number];

/** Resolves with the address of the page once its engine is warm. */
async function warmAddress(output: Readable): Promise<string> {
  let address = '';
  for await (const line of createInterface(output)) {
    address = /Loupe is at (\S+)/.exec(line)?.[1] ?? address;
    if (line.startsWith('It computes with')) return address;
  }
  throw new Error('The server ended before it was ready.');
}

async function showPrompt(page: Page, address: string): Promise<void> {
  const hash = new URLSearchParams({ prompt: BEFORE, pins: PINS.join() });
  await page.goto(`${address}/#/prompt?${hash}`);
  const summary = page.getByRole('region', { name: 'Prompt', exact: true }).getByRole('status');
  await summary.filter({ hasText: /^5 tokens .* ms$/ }).waitFor();
  const box = page.getByRole('textbox', { name: 'Prompt', exact: true });
  await box.fill(PROMPT);
  await box.press('Enter');
  await summary.filter({ hasText: /^15 tokens .* ms$/ }).waitFor();
  await page
    .getByRole('grid', { name: /^Logit lens/ })
    .filter({ hasText: /Mary/ })
    .waitFor();
  await page
    .getByRole('button', { name: /feature 2\/65/ })
    .filter({ hasText: '·Then' })
    .waitFor();
  // Leaves the prompt, so that no cursor stands in it.
  await box.press('Escape');
}

async function showModels(page: Page, address: string): Promise<void> {
  await page.goto(`${address}/#/models/gpt2-small`);
  await page.getByRole('button', { name: /^Download .* GB$/ }).waitFor();
  const summary = page.getByRole('region', { name: 'Prompt', exact: true }).getByRole('status');
  await summary.filter({ hasText: /^15 tokens .* ms$/ }).waitFor();
}

async function showCircuit(page: Page, address: string): Promise<void> {
  const hash = new URLSearchParams({
    prompt: PROMPT,
    why: ' Mary',
    not: ' John',
    nodes: '0.7',
    node: 'att_3_213_14',
    made: JSON.stringify({ p: CIRCUIT_PINS }),
  });
  await page.goto(`${address}/#/circuit?${hash}`);
  await page.locator('[data-ring="chosen"]').waitFor();
  const summary = page.getByRole('region', { name: 'Prompt', exact: true }).getByRole('status');
  await summary.filter({ hasText: /^15 tokens .* m?s$/ }).waitFor();
  // The pinned circuit is placed by a worker, and what the feature promotes is asked for.
  await page.waitForLoadState('networkidle');
  await page.waitForTimeout(500);
}

const PAGES = { prompt: showPrompt, circuit: showCircuit, models: showModels };

/** Takes one picture; its server is its own, so that the prompt is new to it and nothing is installed. */
async function take(
  browser: Browser,
  name: keyof typeof PAGES,
  colorScheme: Scheme,
  viewport: Size,
): Promise<void> {
  const cli = join(serverBuild(projectRoot), 'cli.js');
  const home = mkdtempSync(join(tmpdir(), 'loupe-screenshots-'));
  const server = spawn(process.execPath, [cli, 'serve', '--port', '0'], {
    env: { ...process.env, LOUPE_LOG_LEVEL: 'error', LOUPE_HOME: home },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const closed = once(server, 'close');
  try {
    const address = await warmAddress(server.stdout);
    const page = await browser.newPage({ colorScheme, viewport, reducedMotion: 'reduce' });
    await PAGES[name](page, address);
    const file = `${name}-${colorScheme}-${viewport.width}.png`;
    const picture = await page.screenshot({ path: join(FOLDER, file) });
    say(`docs/images/${file}: ${Math.round(picture.length / 1024)} KB`);
    await page.close();
  } finally {
    server.kill('SIGTERM');
    await closed;
    rmSync(home, { recursive: true, force: true });
  }
}

const all = Object.keys(PAGES) as (keyof typeof PAGES)[];
const asked = process.argv.slice(2);
const names = all.filter((name) => asked.length === 0 || asked.includes(name));
const executablePath = findChromium();
if (executablePath === undefined) {
  throw new Error('There is no Chromium. Install one, or set LOUPE_CHROMIUM to its program.');
}
mkdirSync(FOLDER, { recursive: true });
const args = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
const browser = await chromium.launch({ executablePath, args });
try {
  for (const scheme of SCHEMES) {
    for (const size of SIZES) {
      for (const name of names) await take(browser, name, scheme, size);
    }
  }
} finally {
  await browser.close();
}
