type Value = string | number | undefined;

/** Text as it may stand in XML, in an element or an attribute; what XML cannot hold is replaced. */
export function escapeXml(text: string): string {
  return (
    text
      // biome-ignore lint/suspicious/noControlCharactersInRegex: XML 1.0 allows no others
      .replace(/[\p{Cs}\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/gu, '\ufffd')
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replaceAll('"', '&quot;')
  );
}

function attribute([name, value]: [string, Value]): string {
  if (value === undefined) return '';
  const text = typeof value === 'number' ? String(Math.round(value * 100) / 100) : value;
  return ` ${name}="${escapeXml(text)}"`;
}

/** An SVG element as text; `content` is markup already. Attributes that are undefined are left out. */
export function svgTag(name: string, attributes: Record<string, Value>, content = ''): string {
  const list = Object.entries(attributes).map(attribute).join('');
  return content === '' ? `<${name}${list}/>` : `<${name}${list}>${content}</${name}>`;
}

/** A line of text. */
export function svgText(text: string, attributes: Record<string, Value>): string {
  return svgTag('text', attributes, escapeXml(text));
}

/** A whole document with a ground, in CSS pixels. */
export function svgDocument(
  size: { width: number; height: number },
  ground: string,
  title: string,
  content: string,
): string {
  const { width, height } = size;
  return svgTag(
    'svg',
    { xmlns: 'http://www.w3.org/2000/svg', width, height, viewBox: `0 0 ${width} ${height}` },
    svgTag('title', {}, escapeXml(title)) +
      svgTag('rect', { width, height, fill: ground }) +
      content,
  );
}
