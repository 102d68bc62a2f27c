/** The page's faces for what CSS cannot reach: canvas and exported SVG. */
export const SANS = "'Inter Variable', Inter, system-ui, sans-serif";
export const MONO = "'JetBrains Mono', ui-monospace, Menlo, Consolas, monospace";

/** A CSS `font` value. */
export function face(size: number, family: string, weight = 400): string {
  return `${weight} ${size}px ${family}`;
}
