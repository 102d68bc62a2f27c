import { expect, test } from 'vitest';
import { codePoints, fromCodePoints, missingGlyphsNotice } from './missing-glyphs.ts';

test('characters come through a header', () => {
  expect(codePoints(['日', '😀'])).toBe('U+65E5 U+1F600');
  expect(fromCodePoints(codePoints(['日', '😀', 'é']))).toEqual(['日', '😀', 'é']);
  expect(fromCodePoints('U+FFFFFF; nothing')).toEqual([]);
});

test('the notice names what is missing, and what to do', () => {
  expect(missingGlyphsNotice([])).toBe('');
  expect(missingGlyphsNotice(['日'])).toMatch(
    /^No font here has 日, written as ⟨u\+65e5⟩.*LOUPE_FONT/,
  );
  expect(missingGlyphsNotice([...'一二三四五六'])).toContain('一 二 三 四 五 …');
});
