import type { FigureItem } from './figure-model.ts';
import type { MarkKind } from './marks.ts';
import { textWidthIn } from './text-widths.ts';

/** What marks stand for, in the order of a legend. */
export const MARK_WORDS: readonly [MarkKind, string][] = [
  ['logit', 'logit'],
  ['attention', 'attention feature'],
  ['mlp', 'MLP feature'],
  ['error', 'error'],
  ['embedding', 'embedding'],
  ['bias', 'bias'],
];

/** What marks and lines stand for, on as many lines as the width asks for. */
export function legend(
  kinds: ReadonlySet<MarkKind>,
  place: { left: number; top: number; width: number; fontSize: number },
): { items: FigureItem[]; height: number } {
  const { left, top, width, fontSize } = place;
  const items: FigureItem[] = [];
  const lineHeight = fontSize * 1.7;
  let x = left;
  let y = top + lineHeight / 2;
  const entry = (
    word: string,
    sample: number,
    draw: (x: number, y: number) => FigureItem,
  ): void => {
    const text = textWidthIn('regular', fontSize, word);
    const room = sample + fontSize * 0.5 + text;
    if (x > left && x + room > left + width) {
      x = left;
      y += lineHeight;
    }
    items.push(draw(x, y), {
      type: 'text',
      text: word,
      x: x + sample + fontSize * 0.5,
      y: y + fontSize * 0.36,
      size: fontSize,
      face: 'regular',
      ink: 'muted',
      anchor: 'start',
    });
    x += room + fontSize * 1.6;
  };
  for (const [kind, word] of MARK_WORDS) {
    if (!kinds.has(kind)) continue;
    entry(word, fontSize, (x, y) => ({
      type: 'mark',
      kind,
      x: x + fontSize / 2,
      y,
      size: fontSize,
    }));
  }
  for (const [ink, word] of [
    ['positive', 'raises'],
    ['negative', 'lowers'],
  ] as const) {
    entry(word, fontSize * 2, (x, y) => ({
      type: 'line',
      from: [x, y],
      to: [x + fontSize * 2, y],
      ink,
      width: 1,
      dashed: ink === 'negative',
    }));
  }
  return { items, height: y + lineHeight / 2 - top };
}
