import { type FigureItem, MARK_PATHS, MONO, type Palette, SANS, STACK_SHIFT } from '@loupe/shared';
import { memo } from 'react';

interface SceneItemsProps {
  items: readonly FigureItem[];
  palette: Palette;
  /** Ids of items that are to stand out: they are drawn without transparency. */
  strong?: ReadonlySet<string>;
}

/** Paints the items of a picture into an SVG, just as they are exported; whoever uses it says what it shows. */
export const SceneItems = memo(function SceneItems({ items, palette, strong }: SceneItemsProps) {
  return (
    // biome-ignore lint/a11y/noAriaHiddenOnFocusable: nothing in it takes the focus
    <g aria-hidden="true" pointerEvents="none">
      {items.map((item, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: items have no other order than the painter's
        <Item key={at} item={item} palette={palette} isStrong={isStrong(item, strong)} />
      ))}
    </g>
  );
});

function isStrong({ id }: FigureItem, strong: ReadonlySet<string> | undefined): boolean {
  return id !== undefined && (strong?.has(id) ?? false);
}

function Item({
  item,
  palette,
  isStrong,
}: {
  item: FigureItem;
  palette: Palette;
  isStrong: boolean;
}) {
  const name = { 'data-item': item.id };
  switch (item.type) {
    case 'line': {
      const [[x1, y1], [x2, y2]] = [item.from, item.to];
      return (
        <line
          {...{ ...name, x1, y1, x2, y2 }}
          stroke={palette[item.ink]}
          strokeWidth={item.width}
          strokeDasharray={item.dashed ? '3 2' : undefined}
        />
      );
    }
    case 'curve': {
      const [x, y, ...rest] = item.points;
      return (
        <path
          {...name}
          d={`M${x} ${y}C${rest.join(' ')}`}
          fill="none"
          stroke={palette[item.ink]}
          strokeWidth={item.width}
          strokeOpacity={isStrong ? 1 : item.opacity}
          strokeDasharray={item.dashed ? '3 2' : undefined}
        />
      );
    }
    case 'polygon':
      return (
        <polygon
          {...name}
          points={item.points.join(' ')}
          fill={palette[item.ink]}
          fillOpacity={isStrong ? 1 : item.opacity}
        />
      );
    case 'mark':
      return (
        <path
          {...name}
          d={MARK_PATHS[item.kind]}
          transform={`translate(${item.x - item.size / 2} ${item.y - item.size / 2}) scale(${item.size / 10})`}
          fill={palette[item.kind]}
        />
      );
    case 'box': {
      const { x, y, width, height, radius, lineWidth } = item;
      const sheet = {
        width,
        height,
        rx: radius,
        stroke: palette[item.ink],
        strokeWidth: lineWidth,
      };
      const shift = STACK_SHIFT * lineWidth;
      return (
        <g {...name}>
          {item.stacked && <rect x={x + shift} y={y - shift} {...sheet} fill={palette.paper} />}
          <rect x={x} y={y} {...sheet} fill={palette.paper} />
          <rect x={x} y={y} {...sheet} fill={palette[item.ink]} fillOpacity={0.12} />
        </g>
      );
    }
    case 'text': {
      const { text, x, y, size, face, anchor, angle, halo } = item;
      return (
        <text
          {...{ ...name, x, y, fill: palette[item.ink], fontSize: size }}
          fontFamily={face === 'mono' ? MONO : SANS}
          fontWeight={face === 'bold' ? 600 : 400}
          textAnchor={anchor}
          transform={angle === undefined ? undefined : `rotate(${angle} ${x} ${y})`}
          style={{ whiteSpace: 'pre', fontVariantLigatures: 'none' }}
          {...(halo && {
            stroke: palette.paper,
            strokeWidth: 1.6,
            strokeLinejoin: 'round',
            paintOrder: 'stroke',
          })}
        >
          {text}
        </text>
      );
    }
  }
}
