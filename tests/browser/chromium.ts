import { type Browser, chromium } from 'playwright-core';
import { findChromium } from '../../scripts/lib/testing/find-chromium.mjs';

/**
 * Starts the Chromium that `npm test` has found or installed, without a window.
 *
 * @throws Error if there is none; the message says what to install.
 */
export async function launchChromium(): Promise<Browser> {
  const executablePath = findChromium();
  if (executablePath === undefined) {
    throw new Error(
      'There is no Chromium. "npm test -- browser" installs one where it can; ' +
        'otherwise install it, or set LOUPE_CHROMIUM to its program.',
    );
  }
  // Chromium's sandbox refuses to work for root, as which tests often run in containers.
  const args = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  return chromium.launch({ executablePath, args });
}
