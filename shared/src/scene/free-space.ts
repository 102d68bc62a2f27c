interface Rectangle {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/** Height of the strips by which what is taken is looked up. */
const STRIP = 24;

/** Keeps labels off marks, off each other and on the paper. */
export class FreeSpace {
  readonly #bounds: Rectangle;
  /** What is taken, by the strips that it touches. */
  readonly #strips = new Map<number, Rectangle[]>();

  constructor(bounds: Rectangle) {
    this.#bounds = bounds;
  }

  take(rectangle: Rectangle): void {
    const last = Math.floor(rectangle.bottom / STRIP);
    for (let strip = Math.floor(rectangle.top / STRIP); strip <= last; strip++) {
      const taken = this.#strips.get(strip);
      if (taken) taken.push(rectangle);
      else this.#strips.set(strip, [rectangle]);
    }
  }

  /** Takes the first of the rectangles that is free; `undefined` if none is. */
  takeFirst<R extends Rectangle>(rectangles: R[]): R | undefined {
    const found = rectangles.find((rectangle) => this.#isFree(rectangle));
    if (found) this.take(found);
    return found;
  }

  #isFree({ left, top, right, bottom }: Rectangle): boolean {
    const { left: least, top: first, right: most, bottom: last } = this.#bounds;
    if (left < least || top < first || right > most || bottom > last) return false;
    const end = Math.floor(bottom / STRIP);
    for (let strip = Math.floor(top / STRIP); strip <= end; strip++) {
      for (const other of this.#strips.get(strip) ?? []) {
        if (left < other.right && right > other.left && top < other.bottom && bottom > other.top) {
          return false;
        }
      }
    }
    return true;
  }
}
