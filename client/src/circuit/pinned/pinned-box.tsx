import type { PlacedBox } from '@loupe/shared';
import type { MouseEvent, PointerEvent } from 'react';
import { DRAGGED } from '../graph/use-viewport.ts';

interface PinnedBoxProps {
  number: number;
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

/** What lies over a box of the picture: it takes pointer and focus, and shows hover, choice and mark. */
export function PinnedBoxHandle(props: PinnedBoxProps) {
  const { place, onHover } = props;
  const { width, height } = place;
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
      <rect x={-width / 2} y={-height / 2} width={width} height={height} rx={4} />
    </g>
  );
}
