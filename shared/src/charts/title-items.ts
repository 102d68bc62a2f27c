import { visible } from '../labels/visible.ts';
import type { TextItem } from '../scene/figure-model.ts';
import { textWidthIn } from '../scene/text-widths.ts';
import { fitText } from '../text/fit-text.ts';

const SIZE = 8;
const EDGE = 3;

/** The title above a figure, on one line, and the room that it takes with the margin. */
export function titleItems(
  title: string | undefined,
  width: number,
): { items: TextItem[]; height: number } {
  if (title === undefined || title === '') return { items: [], height: EDGE };
  const text = fitText(visible(title), width - 2 * EDGE, (part) => textWidthIn('bold', SIZE, part));
  const place = { x: EDGE, y: EDGE + SIZE, size: SIZE, anchor: 'start' } as const;
  const items: TextItem[] = [{ type: 'text', text, face: 'bold', ink: 'text', ...place }];
  return { items, height: EDGE + SIZE * 1.6 };
}
