/** Width of a text in pixels, in the face that it will be drawn with. */
export type Measure = (text: string) => number;

const characters = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/**
 * The text, or as much of its beginning as fits into `width` with an ellipsis after it; empty where
 * not even one character and the ellipsis fit. Never cuts inside a character.
 */
export function fitText(text: string, width: number, measure: Measure): string {
  if (measure(text) <= width) return text;
  const pieces = Array.from(characters.segment(text), ({ segment }) => segment);
  let low = 0;
  let high = pieces.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (measure(`${pieces.slice(0, middle).join('')}…`) <= width) low = middle;
    else high = middle - 1;
  }
  return low === 0 ? '' : `${pieces.slice(0, low).join('')}…`;
}

/** Remembers the widths that `measure` gave. */
export function remembered(measure: Measure): Measure {
  const widths = new Map<string, number>();
  return (text) => {
    let width = widths.get(text);
    if (width === undefined) {
      width = measure(text);
      widths.set(text, width);
    }
    return width;
  };
}
