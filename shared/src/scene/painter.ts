/** What painters need of a 2D canvas. */
export interface Canvas {
  fillStyle: unknown;
  font: string;
  textAlign: string;
  textBaseline: string;
  save(): void;
  restore(): void;
  translate(x: number, y: number): void;
  rotate(angle: number): void;
  beginPath(): void;
  roundRect(x: number, y: number, width: number, height: number, radius: number): void;
  fill(path?: unknown): void;
  fillRect(x: number, y: number, width: number, height: number): void;
  fillText(text: string, x: number, y: number): void;
}

/** Makes SVG path data into what a canvas fills: `(d) => new Path2D(d)`. */
export type MakePath = (d: string) => unknown;

/** How marks of one kind are painted. */
export interface MarkPainter<Mark> {
  /** As markup. */
  svg(mark: Mark): string;
  canvas(canvas: Canvas, mark: Mark, makePath: MakePath): void;
}
