import type { FigureItem } from '../scene/figure-model.ts';
import type { MarkKind } from '../scene/mark-kinds.ts';
import { textWidthIn } from '../scene/text-widths.ts';

/** What marks stand for, in the order of a legend. */
export const MARK_WORDS: readonly [MarkKind, string][] = [
  ['logit', 'logit'],
  ['attention', 'attention feature'],
  ['mlp', 'MLP feature'],
  ['error', 'error'],
  ['embedding', 'embedding'],
  ['bias', 'bias'],
];

/** One thing that a picture shows, and what it means. */
export type LegendEntry = { word: string } & (
  | { sample: 'mark'; kind: MarkKind }
  | { sample: 'raises' | 'lowers' | 'widths' | 'sizes' | 'none' }
  | { sample: 'text'; text: string }
);

/** What the marks of a graph stand for: shape, size, and the lines between them. */
export function legendOf(kinds: ReadonlySet<MarkKind>): LegendEntry[] {
  return [
    ...MARK_WORDS.filter(([kind]) => kinds.has(kind)).map(
      ([kind, word]): LegendEntry => ({ sample: 'mark', kind, word }),
    ),
    { sample: 'sizes', word: 'larger: more influence' },
    ...LINE_ENTRIES,
    { sample: 'widths', word: 'wider: stronger effect' },
  ];
}

/** What the colours of lines mean. */
export const LINE_ENTRIES: readonly LegendEntry[] = [
  { sample: 'raises', word: 'raises' },
  { sample: 'lowers', word: 'lowers' },
];

/** Sizes of the samples, in letters' sizes. */
const SAMPLE_WIDTHS: Record<LegendEntry['sample'], number> = {
  mark: 1,
  raises: 2,
  lowers: 2,
  widths: 2.6,
  sizes: 1.8,
  text: 0,
  none: 0,
};

/** A legend on as many lines as the width asks for. */
export function legend(
  entries: readonly LegendEntry[],
  place: { left: number; top: number; width: number; fontSize: number },
): { items: FigureItem[]; height: number } {
  const { left, top, width, fontSize } = place;
  const items: FigureItem[] = [];
  const lineHeight = fontSize * 1.7;
  let x = left;
  let y = top + lineHeight / 2;
  for (const entry of entries) {
    const sample =
      entry.sample === 'text'
        ? textWidthIn('mono', fontSize, entry.text)
        : SAMPLE_WIDTHS[entry.sample] * fontSize;
    const gap = sample === 0 ? 0 : fontSize * 0.5;
    const room = sample + gap + textWidthIn('regular', fontSize, entry.word);
    if (x > left && x + room > left + width) {
      x = left;
      y += lineHeight;
    }
    items.push(...sampleItems(entry, x, y, fontSize), {
      ...{ type: 'text', text: entry.word, x: x + sample + gap, y: y + fontSize * 0.36 },
      ...{ size: fontSize, face: 'regular', ink: 'muted', anchor: 'start' },
    });
    x += room + fontSize * 1.6;
  }
  return { items, height: y + lineHeight / 2 - top };
}

function sampleItems(entry: LegendEntry, x: number, y: number, fontSize: number): FigureItem[] {
  const line = (
    from: number,
    to: number,
    ink: 'positive' | 'negative',
    width: number,
  ): FigureItem => ({
    type: 'line',
    from: [x + from * fontSize, y],
    to: [x + to * fontSize, y],
    ...{ ink, width: width * fontSize, dashed: ink === 'negative' },
  });
  const mark = (kind: MarkKind, at: number, size: number): FigureItem => ({
    ...{ type: 'mark', kind, x: x + at * fontSize, y, size: size * fontSize },
  });
  switch (entry.sample) {
    case 'mark':
      return [mark(entry.kind, 0.5, 1)];
    case 'raises':
      return [line(0, 2, 'positive', 0.14)];
    case 'lowers':
      return [line(0, 2, 'negative', 0.14)];
    case 'widths':
      return [line(0, 1.1, 'positive', 0.06), line(1.5, 2.6, 'positive', 0.3)];
    case 'sizes':
      return [mark('mlp', 0.3, 0.6), mark('mlp', 1.25, 1.1)];
    case 'text': {
      const text = { text: entry.text, x, y: y + fontSize * 0.36, size: fontSize };
      return [{ type: 'text', ...text, face: 'mono', ink: 'text', anchor: 'start' }];
    }
    case 'none':
      return [];
  }
}
