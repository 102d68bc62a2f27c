import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { inflateSync } from 'node:zlib';
import {
  type AttributionGraph,
  type ExportOptions,
  exportText,
  readGraphJson,
} from '@loupe/shared';
import { expect, test } from 'vitest';
import { Fonts } from '../../../server/src/render/fonts.ts';
import { graphOfPng } from '../../../server/src/render/png-chunks.ts';
import { renderGraph } from '../../../server/src/render/render-graph.ts';

const own = fileURLToPath(new URL('fonts', import.meta.url));
const PINNED: ExportOptions = { what: 'pinned', title: '戦争 שלום 😀' };

function eastAsian(): AttributionGraph {
  return readGraphJson(
    JSON.parse(readFileSync(new URL('east-asian.json', import.meta.url), 'utf8')),
  );
}

async function drawn(format: 'png' | 'pdf', fonts: Fonts, options = PINNED) {
  let missing: readonly string[] = [];
  const onMissing = (characters: readonly string[]) => {
    missing = characters;
  };
  const file = await renderGraph(eastAsian(), format, options, { fonts, onMissing });
  return { file, missing };
}

/** The streams of a PDF, unpacked, those of fonts and pictures included. */
function streams(pdf: Buffer): string {
  const text = pdf.toString('latin1');
  return [...text.matchAll(/\/FlateDecode[^>]*>>\s*stream\r?\n/g)]
    .map(({ index, 0: head }) => {
      const from = index + head.length;
      const packed = pdf.subarray(from, pdf.indexOf('endstream', from));
      return inflateSync(packed).toString('latin1');
    })
    .join('\n');
}

/** A text as PDF writes it where Latin letters do not do: UTF-16 with a mark, big-endian. */
function utf16(text: string): string {
  return Buffer.from(`\ufeff${text}`, 'utf16le').swap16().toString('latin1');
}

const LETTERS = [...'戦争전쟁战'];

test.each(['png', 'pdf'] as const)(
  '%s without a font for them: told, and written by codes',
  async (format) => {
    const { file, missing } = await drawn(format, new Fonts([], []));
    expect(missing).toEqual(expect.arrayContaining([...LETTERS, ...'שלום', '😀']));
    if (format === 'png') {
      // What it carries is the graph, and not what could be drawn of it.
      expect(readGraphJson(JSON.parse(graphOfPng(file))).tokens).toContain('戦争');
      return;
    }
    // It is still copied as what it stands for.
    expect(streams(file)).toContain(utf16('戦争'));
    expect(file.toString('latin1')).not.toContain('⟨');
  },
);

test('the codes are in the picture, and there is room for them', async () => {
  const without = await drawn('png', new Fonts([], []));
  const graph = eastAsian();
  // The same picture as that of a graph whose texts are codes to begin with.
  const coded = (text: string) =>
    text.replace(
      /[^\x20-\x7e]/gu,
      (c) => `⟨u+${(c.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}⟩`,
    );
  const spelled = { ...graph, tokens: graph.tokens.map(coded) };
  spelled.nodes = graph.nodes.map((node) => ({ ...node, label: coded(node.label) }));
  const title = coded(PINNED.title ?? '');
  const options = { ...PINNED, title, data: 'none' } as const;
  const expected = await renderGraph(spelled, 'png', options, { fonts: new Fonts([], []) });
  const same = await drawn('png', new Fonts([], []), { ...PINNED, data: 'none' });
  expect(same.file.equals(expected)).toBe(true);
  expect(without.missing.length).toBe(same.missing.length);
});

test('with a font every letter is drawn, and the PDF knows which it is', async () => {
  const options: ExportOptions = { what: 'pinned', title: '戦争 שלום' };
  const { file, missing } = await drawn('pdf', new Fonts([own], []), options);
  expect(missing).toEqual([]);
  const text = streams(file);
  for (const letter of [...LETTERS, ...'שלום']) {
    const code = (letter.codePointAt(0) ?? 0).toString(16).padStart(4, '0');
    // Its line in the table from glyphs to characters.
    expect(text.toLowerCase(), letter).toContain(`<${code}>`);
  }
  expect(text).toContain(utf16('戦争 שלום'));

  const picture = await drawn('png', new Fonts([own], []), options);
  expect(picture.missing).toEqual([]);
  const codes = await drawn('png', new Fonts([], []), options);
  expect(picture.file.equals(codes.file)).toBe(false);
});

test('SVG keeps the letters, which the fonts of whoever opens it draw', () => {
  const svg = exportText(eastAsian(), 'svg', PINNED);
  for (const word of ['戦争', '전쟁', '战争', '戦争 שלום 😀']) expect(svg).toContain(word);
});

test('a font that is not there is refused by the name of its setting', async () => {
  await expect(drawn('png', new Fonts(['/nothing/here.ttf'], []))).rejects.toMatchObject({
    code: 'LOUPE_BAD_SETTING',
    message: expect.stringContaining('LOUPE_FONT'),
  });
});
