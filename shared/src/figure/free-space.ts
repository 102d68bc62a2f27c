interface Rectangle {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/** Keeps labels off marks, off each other and on the paper. */
export class FreeSpace {
  readonly #bounds: Rectangle;
  readonly #taken: Rectangle[] = [];

  constructor(bounds: Rectangle) {
    this.#bounds = bounds;
  }

  take(rectangle: Rectangle): void {
    this.#taken.push(rectangle);
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
    return !this.#taken.some(
      (other) =>
        left < other.right && right > other.left && top < other.bottom && bottom > other.top,
    );
  }
}
