import { type ReactNode, useLayoutEffect, useRef } from 'react';
import { createPortal } from 'react-dom';
import { Icon } from '../ui/icon.tsx';
import '../ui/tooltip.css';

interface ChartTooltipProps {
  /** The point or mark that is explained, in CSS pixels of the window. */
  anchor: { x: number; y: number; width?: number; height?: number };
  /** A pinned one stays and can be closed and read with the pointer; the others let it through. */
  pinned?: boolean;
  onClose?: () => void;
  children: ReactNode;
}

const GAP = 8;

/**
 * The tooltip of a mark that is no element of its own, as on a canvas. The chart decides when it is
 * there (pointer, keyboard focus, click to pin) and where; this keeps it inside the window.
 */
export function ChartTooltip({ anchor, pinned = false, onClose, children }: ChartTooltipProps) {
  const ref = useRef<HTMLDivElement>(null);
  const { x, y, width = 0, height = 0 } = anchor;

  useLayoutEffect(() => {
    const box = ref.current;
    if (!box) return;
    const { offsetWidth, offsetHeight } = box;
    const below = y + height + GAP + offsetHeight <= innerHeight;
    const left = Math.min(
      Math.max(GAP, x + width / 2 - offsetWidth / 2),
      innerWidth - offsetWidth - GAP,
    );
    const top = below ? y + height + GAP : Math.max(GAP, y - GAP - offsetHeight);
    box.style.transform = `translate(${Math.round(left)}px, ${Math.round(top)}px)`;
  });

  return createPortal(
    <div
      ref={ref}
      className="tooltip chart-tooltip"
      data-pinned={pinned || undefined}
      role="tooltip"
    >
      {children}
      {pinned && onClose && (
        <button type="button" className="icon-button" aria-label="Close" onClick={onClose}>
          <Icon name="close" />
        </button>
      )}
    </div>,
    document.body,
  );
}
