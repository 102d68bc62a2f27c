import { flushSync } from 'react-dom';
import type { Scheme } from '../theme/colours.ts';
import { useTheme } from '../theme/theme.ts';

/** Room on a sheet, A4 or Letter on its side within margins, in CSS pixels. */
const SHEET = { width: 960, height: 680 };

/**
 * Makes the page print as it stands on screen: light, since paper is, without the bars, and as a whole on
 * one sheet. Charts are drawn for the size that their panels have on screen, so that is kept and scaled.
 */
export function followPrinting(): void {
  /** The scheme on screen while the page is being printed. */
  let before: Scheme | undefined;
  addEventListener('beforeprint', () => {
    before ??= useTheme.getState().scheme;
    // Canvases are drawn anew before the browser takes its picture.
    flushSync(() => useTheme.setState({ scheme: 'light' }));
    const box = document.getElementById('page')?.getBoundingClientRect();
    if (!box) return;
    const { style } = document.documentElement;
    style.setProperty('--print-width', `${box.width}px`);
    style.setProperty('--print-height', `${box.height}px`);
    style.setProperty(
      '--print-zoom',
      String(Math.min(1, SHEET.width / box.width, SHEET.height / box.height)),
    );
  });
  addEventListener('afterprint', () => {
    if (before) useTheme.setState({ scheme: before });
    before = undefined;
  });
}
