import { createInterface } from 'node:readline/promises';
import { type Download, type DownloadRequest, formatBytes, LoupeError } from '@loupe/shared';
import type { CatalogueEntries } from '../hub/catalogue.ts';
import type { DownloadManager } from '../hub/downloads/manager.ts';
import { type DownloadPlan, requireSpace } from '../hub/downloads/plan.ts';
import { Hub } from '../hub/hub.ts';
import { ModelStore } from '../hub/store.ts';
import { readSettings } from '../settings.ts';
import type { Precision } from '../weights/rounding.ts';
import { print, printJson } from './output.ts';
import { PullProgress } from './pull-progress.ts';

/** The options of the command as commander gives them. */
export interface PullOptions {
  sets?: string[];
  layers?: number[];
  precision: Precision;
  yes?: true;
  json?: true;
}

/** Exit status of a program that Ctrl-C has ended. */
const INTERRUPTED = 130;

/**
 * Says what a download takes, asks, and installs it.
 *
 * @throws LoupeError what went wrong
 */
export async function runPull(name: string, options: PullOptions): Promise<void> {
  const settings = readSettings({ LOUPE_LOG_LEVEL: 'silent', ...process.env });
  const store = new ModelStore(settings.modelRoots, settings.setsFolder);
  const hub = new Hub(settings, store);
  const request = readRequest(hub.entries, name, options);
  const interrupt = onInterrupt();
  try {
    const plan = await hub.downloads.plan(request, interrupt.signal);
    if (plan.units.length === 0) return await report(plan, undefined, options);
    say(planText(plan));
    requireSpace(plan);
    if (!options.yes && !(await confirm(plan, interrupt.signal))) {
      say('Nothing was downloaded.');
      process.exitCode = 1;
      return;
    }
    const download = await install(hub.downloads, plan, options, interrupt.signal);
    await report(plan, download, options);
  } catch (thrown) {
    if (!interrupt.signal.aborted) throw thrown;
    say(`Stopped. What has arrived is kept: "npm run loupe -- pull ${name}" goes on from there.`);
    process.exitCode = INTERRUPTED;
  } finally {
    interrupt.end();
  }
}

/** What the words of the command line ask for. */
function readRequest(
  { models, sets }: CatalogueEntries,
  name: string,
  { sets: ids, layers }: PullOptions,
): DownloadRequest {
  const ofLayers = (chosen: readonly string[]) =>
    chosen.map((id) => ({ id, ...(layers && { layers }) }));
  if (models.some(({ id }) => id === name)) {
    const ofModel = sets.filter(({ model }) => model === name);
    const defaults = ofModel.filter((set) => set.default).map(({ id }) => id);
    return { model: name, sets: ofLayers(ids ?? defaults) };
  }
  const set = sets.find(({ id }) => id === name);
  if (set && ids === undefined) return { model: set.model, sets: ofLayers([name]) };
  if (set) {
    const message = `${name} is a set: --sets has a meaning for models only.`;
    throw new LoupeError('LOUPE_BAD_REQUEST', message);
  }
  throw new LoupeError(
    'LOUPE_NOT_IN_CATALOGUE',
    `There is no model or set "${name}". "npm run loupe -- models --available" lists them.`,
  );
}

function planText({ title, files, totalBytes, fetchBytes, home, freeBytes }: DownloadPlan): string {
  const here = totalBytes - fetchBytes;
  const parts = [
    `${title}: ${formatBytes(fetchBytes)} to download`,
    ` (${files.length} files of ${formatBytes(totalBytes)}`,
    here > 0 ? `; ${formatBytes(here)} are here already)` : ')',
    `, into ${home}`,
    freeBytes === undefined ? '' : `, where ${formatBytes(freeBytes)} are free`,
  ];
  return `${parts.join('')}.`;
}

/** @throws LoupeError `LOUPE_BAD_REQUEST` where nobody can be asked */
async function confirm({ fetchBytes }: DownloadPlan, signal: AbortSignal): Promise<boolean> {
  if (!process.stdin.isTTY || !process.stderr.isTTY) {
    throw new LoupeError(
      'LOUPE_BAD_REQUEST',
      `Nobody can be asked whether to download ${formatBytes(fetchBytes)}, since this is no terminal. ` +
        'Add --yes to go ahead.',
    );
  }
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  // The terminal takes Ctrl-C for itself while it asks.
  terminal.once('SIGINT', () => process.emit('SIGINT'));
  try {
    const answer = await terminal.question('Go ahead? [Y/n] ', { signal });
    return /^(y|yes|)$/i.test(answer.trim());
  } finally {
    terminal.close();
  }
}

async function install(
  downloads: DownloadManager,
  plan: DownloadPlan,
  { precision }: PullOptions,
  signal: AbortSignal,
): Promise<Download> {
  const progress = new PullProgress();
  const { id } = downloads.start(plan.request, { precision, plan });
  const cancel = () => downloads.cancel(id);
  signal.addEventListener('abort', cancel, { once: true });
  const watched = new AbortController();
  const watching = (async () => {
    for await (const [download] of downloads.watch(watched.signal)) {
      if (download) progress.show(download);
    }
  })();
  try {
    return await downloads.finished(id);
  } finally {
    signal.removeEventListener('abort', cancel);
    watched.abort();
    await watching;
    progress.end(downloads.get(id));
  }
}

async function report(
  { request, title }: DownloadPlan,
  download: Download | undefined,
  { json }: PullOptions,
): Promise<void> {
  if (json) return printJson({ request, title, download: download ?? null });
  if (!download) return print(`${title}: everything is installed already.`);
  print(`Installed ${title}. "npm start" shows it; one that runs shows it at once.`);
}

/** A signal that aborts on Ctrl-C; a second one ends the program at once. */
function onInterrupt(): { signal: AbortSignal; end(): void } {
  const controller = new AbortController();
  const stop = () => controller.abort(new LoupeError('LOUPE_CANCELLED', 'It was cancelled.'));
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, stop);
  return {
    signal: controller.signal,
    end() {
      for (const name of ['SIGINT', 'SIGTERM'] as const) process.removeListener(name, stop);
    },
  };
}

/** A line for people, which does not mix with what programs read. */
function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
