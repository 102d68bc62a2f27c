import type { FigureItem } from './figure-model.ts';

/** An item in another place and size: each point `p` goes to `p · scale + (dx, dy)`, lines and letters with it. */
export function transformItem(item: FigureItem, scale: number, dx: number, dy: number): FigureItem {
  const x = (value: number) => value * scale + dx;
  const y = (value: number) => value * scale + dy;
  switch (item.type) {
    case 'line':
      return {
        ...item,
        from: [x(item.from[0]), y(item.from[1])],
        to: [x(item.to[0]), y(item.to[1])],
        width: item.width * scale,
      };
    case 'curve':
      return { ...item, points: transformed(item.points, x, y), width: item.width * scale };
    case 'polygon':
      return { ...item, points: transformed(item.points, x, y) };
    case 'mark':
      return { ...item, x: x(item.x), y: y(item.y), size: item.size * scale };
    case 'box':
      return {
        ...item,
        ...{ x: x(item.x), y: y(item.y), width: item.width * scale, height: item.height * scale },
        ...{ lineWidth: item.lineWidth * scale, radius: item.radius * scale },
      };
    case 'text':
      return { ...item, x: x(item.x), y: y(item.y), size: item.size * scale };
  }
}

function transformed(
  points: readonly number[],
  x: (value: number) => number,
  y: (value: number) => number,
): number[] {
  return points.map((value, at) => (at % 2 === 0 ? x(value) : y(value)));
}
