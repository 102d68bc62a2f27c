import { mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Progress } from '../progress.mjs';
import { say } from '../say.mjs';
import { downloadFile } from './download.mjs';
import { fetchText } from './http.mjs';
import { findPip, pipDownload } from './pip.mjs';
import { chooseWheel, INDEX_ACCEPT, parseIndexPage, projectPage } from './simple-index.mjs';

const DEFAULT_INDEX = 'https://pypi.org/simple/';
const MAX_PAGE_BYTES = 64 * 2 ** 20;

/** @typedef {import('./version.mjs').Requirement} Requirement */

/** Fetches wheels into one folder, with pip where there is one, else from the package index itself. */
export class WheelFetcher {
  #folder;
  #platforms;
  /** @type {Promise<import('./pip.mjs').Pip | undefined> | undefined} */
  #pip;

  /**
   * @param {string} folder keeps whole wheels and parts of them from one attempt to the next
   * @param {string[]} platforms platform tags, best first
   */
  constructor(folder, platforms) {
    this.#folder = folder;
    this.#platforms = platforms;
  }

  /**
   * @param {Requirement} requirement
   * @returns {Promise<string>} the wheel's path
   * @throws Error saying why neither way works
   */
  async fetch(requirement) {
    mkdirSync(this.#folder, { recursive: true });
    const kept = this.#kept(requirement);
    if (kept !== undefined) {
      say(`${basename(kept)} is here from an earlier attempt.`);
      return kept;
    }
    this.#pip ??= findPip();
    const pip = await this.#pip;
    if (pip !== undefined) {
      try {
        return await this.#withPip(pip, requirement);
      } catch (thrown) {
        say(`pip could not fetch it (${messageOf(thrown)}); trying the package index itself.`);
        this.#pip = Promise.resolve(undefined);
      }
    }
    return this.#fromIndex(requirement);
  }

  /**
   * A wheel that an earlier attempt has completed.
   *
   * @param {Requirement} requirement
   */
  #kept(requirement) {
    const files = readdirSync(this.#folder).map((filename) => ({
      filename,
      url: pathToFileURL(join(this.#folder, filename)),
      sha256: undefined,
      size: undefined,
      yanked: false,
    }));
    const wheel = chooseWheel(files, requirement, this.#platforms);
    return wheel && join(this.#folder, wheel.filename);
  }

  /**
   * @param {import('./pip.mjs').Pip} pip
   * @param {Requirement} requirement
   */
  async #withPip(pip, requirement) {
    const work = join(this.#folder, 'pip');
    rmSync(work, { recursive: true, force: true });
    const progress = new Progress(`Fetching ${requirement.name} with pip`);
    try {
      const wheel = await pipDownload(pip, requirement.text, this.#platforms, work, (done, total) =>
        progress.update(done, total),
      );
      const path = join(this.#folder, basename(wheel));
      renameSync(wheel, path);
      progress.end();
      return path;
    } catch (thrown) {
      progress.end('failed');
      throw thrown;
    } finally {
      rmSync(work, { recursive: true, force: true });
    }
  }

  /** @param {Requirement} requirement */
  async #fromIndex(requirement) {
    const page = projectPage(process.env.PIP_INDEX_URL || DEFAULT_INDEX, requirement.name);
    const { body, contentType, url } = await fetchText(page, INDEX_ACCEPT, MAX_PAGE_BYTES);
    const files = parseIndexPage(body, contentType, url);
    const wheel = chooseWheel(files, requirement, this.#platforms);
    if (wheel === undefined) throw new Error(`${page.host} has no wheel of ${requirement.text}`);
    if (wheel.sha256 === undefined) {
      throw new Error(`${page.host} gives no SHA-256 of ${wheel.filename}`);
    }
    if (wheel.url.host === page.host) {
      wheel.url.username = page.username;
      wheel.url.password = page.password;
    }
    const path = join(this.#folder, wheel.filename);
    const progress = new Progress(`Fetching ${requirement.name} from ${page.host}`);
    try {
      await downloadFile({
        url: wheel.url,
        path,
        sha256: wheel.sha256,
        size: wheel.size,
        onProgress: (done, total) => progress.update(done, total),
      });
      progress.end();
      return path;
    } catch (thrown) {
      progress.end('failed');
      throw thrown;
    }
  }
}

/** @param {unknown} thrown */
function messageOf(thrown) {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
