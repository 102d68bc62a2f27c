import { cssFont, type Measure, type MeasureIn, remembered } from '@loupe/shared';

const measures = new Map<string, Measure>();

/** Measures texts in a CSS `font`; widths are remembered until the faces of the page have loaded. */
export function textWidth(font: string): Measure {
  let measure = measures.get(font);
  if (!measure) {
    const context = document.createElement('canvas').getContext('2d');
    measure = remembered((text) => {
      if (!context) return text.length * 7;
      context.font = font;
      return context.measureText(text).width;
    });
    measures.set(font, measure);
  }
  return measure;
}

/** Measures texts of scenes in the page's faces. */
export const measureIn: MeasureIn = (face, size) => textWidth(cssFont(face, size));

/** Forgets all widths, as when a face has arrived that was not there when they were measured. */
export function forgetWidths(): void {
  measures.clear();
}
