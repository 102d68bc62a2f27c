import type { Face } from './text-widths.ts';

/** The page's faces for what no style sheet reaches: canvas and exported SVG. */
export const SANS = "'Inter Variable', Inter, system-ui, sans-serif";
export const MONO = "'JetBrains Mono', ui-monospace, Menlo, Consolas, monospace";

export const FAMILIES: Record<Face, string> = { regular: SANS, bold: SANS, mono: MONO };

/** CSS font weights. */
export const WEIGHTS: Record<Face, number> = { regular: 400, bold: 600, mono: 400 };

/** A CSS `font` value. */
export function cssFont(face: Face, size: number): string {
  return `${WEIGHTS[face]} ${size}px ${FAMILIES[face]}`;
}
