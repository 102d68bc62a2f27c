import { expect, test } from 'vitest';
import { escapeXml, svgDocument, svgTag, svgText } from './svg.ts';

test('text cannot break out of its element', () => {
  expect(svgText('</text><script>', { x: 1 })).toBe(
    '<text x="1">&lt;/text&gt;&lt;script&gt;</text>',
  );
  expect(svgTag('g', { id: '"><a' })).toBe('<g id="&quot;&gt;&lt;a"/>');
});

test('what XML cannot hold is replaced', () => {
  expect(escapeXml('a\u0007\ud800b')).toBe('a\ufffd\ufffdb');
});

test('numbers are short and undefined attributes are left out', () => {
  expect(svgTag('rect', { x: 1 / 3, fill: undefined })).toBe('<rect x="0.33"/>');
});

test('a document has its size, its title and its ground', () => {
  const svg = svgDocument({ width: 20, height: 10 }, '#ffffff', 'a < b', '<g/>');
  expect(svg).toContain('width="20" height="10" viewBox="0 0 20 10"');
  expect(svg).toContain('<title>a &lt; b</title><rect width="20" height="10" fill="#ffffff"/><g/>');
});
