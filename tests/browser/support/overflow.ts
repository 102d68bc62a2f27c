import type { Page } from 'playwright-core';

/** What of the page scrolls as a whole or is cut off by the edge of the window. */
export function overflow(page: Page) {
  return page.evaluate(() => {
    const root = document.scrollingElement as Element;
    const cut = [...document.querySelectorAll('button, input, textarea, a, h1, h2, [role="tab"]')]
      .filter((element) => element.checkVisibility({ visibilityProperty: true }))
      .filter((element) => {
        const { left, right, width } = element.getBoundingClientRect();
        return width > 0 && (left < -1 || right > innerWidth + 1);
      })
      .map((element) => element.getAttribute('aria-label') ?? element.textContent);
    return {
      across: root.scrollWidth - innerWidth,
      down: root.scrollHeight - innerHeight,
      cut,
    };
  });
}

/** What `overflow` finds where all is well. */
export const NOTHING = { across: 0, down: 0, cut: [] };
