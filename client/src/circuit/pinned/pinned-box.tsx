import type { CSSProperties, MouseEvent, PointerEvent } from 'react';
import { DRAGGED } from '../graph/use-viewport.ts';
import type { PlacedBox } from './arrow-path.ts';
import type { DrawnBox } from './drawn-boxes.ts';

interface PinnedBoxProps {
  number: number;
  drawn: DrawnBox;
  place: PlacedBox;
  /** All of it in words. */
  words: string;
  tabbable: boolean;
  isMarked: boolean;
  isChosen: boolean;
  isHovered: boolean;
  onHover: (isOver: boolean) => void;
  onFocus: () => void;
  onClick: (event: MouseEvent) => void;
  onPointerDown: (event: PointerEvent<SVGElement>) => void;
  onPointerMove: (event: PointerEvent<SVGElement>) => void;
  onPointerUp: (event: PointerEvent<SVGElement>) => void;
}

/** One box of a pinned circuit; a group is drawn as two sheets. */
export function PinnedBox(props: PinnedBoxProps) {
  const { drawn, place, onHover } = props;
  const { box, title, detail, mark } = drawn;
  const sides = { width: place.width, height: place.height, rx: 4 };
  const x = -place.width / 2;
  const y = -place.height / 2;
  return (
    <g
      role="option"
      {...{ [DRAGGED]: '' }}
      aria-label={props.words}
      aria-selected={props.isMarked}
      tabIndex={props.tabbable ? 0 : -1}
      data-box={props.number}
      data-marked={props.isMarked || undefined}
      data-chosen={props.isChosen || undefined}
      data-hovered={props.isHovered || undefined}
      className="pinned-box"
      style={{ '--kind': `var(--${mark ?? 'muted'})` } as CSSProperties}
      transform={`translate(${place.x} ${place.y})`}
      onPointerDown={props.onPointerDown}
      onPointerMove={props.onPointerMove}
      onPointerUp={props.onPointerUp}
      onPointerCancel={props.onPointerUp}
      onPointerEnter={() => onHover(true)}
      onPointerLeave={() => onHover(false)}
      onFocus={() => {
        props.onFocus();
        onHover(true);
      }}
      onBlur={() => onHover(false)}
      onClick={props.onClick}
    >
      {box.isGroup && <rect className="pinned-sheet" x={x + 3} y={y - 3} {...sides} />}
      <rect x={x} y={y} {...sides} />
      <text className="pinned-title" y={-3} textAnchor="middle">
        {title}
      </text>{' '}
      <text className="pinned-detail" y={10} textAnchor="middle">
        {detail}
      </text>
    </g>
  );
}
