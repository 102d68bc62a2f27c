import { Dialog as Primitive } from 'radix-ui';
import { type ReactNode, useRef } from 'react';
import './dialog.css';

interface DialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  /** Leaves the title to screen readers, where what is inside says it already. */
  hideTitle?: boolean;
  className?: string;
  children: ReactNode;
}

/** A window over the page: focus stays inside, Esc or a click beside it closes it. */
export function Dialog({ open, onOpenChange, title, hideTitle, className, children }: DialogProps) {
  // Windows are opened by keys too, and then there is no trigger for the primitive to go back to.
  const before = useRef<Element | null>(null);
  return (
    <Primitive.Root open={open} onOpenChange={onOpenChange}>
      <Primitive.Portal>
        {/* Not the primitive's own overlay, which injects a <style> element to lock scrolling. */}
        <div className="backdrop" />
        <Primitive.Content
          className={`dialog ${className ?? ''}`}
          aria-describedby={undefined}
          onOpenAutoFocus={() => {
            before.current = document.activeElement;
          }}
          onCloseAutoFocus={(event) => {
            event.preventDefault();
            if (before.current instanceof HTMLElement) before.current.focus();
          }}
        >
          <Primitive.Title className={hideTitle ? 'hidden-text' : 'dialog-title'}>
            {title}
          </Primitive.Title>
          {children}
        </Primitive.Content>
      </Primitive.Portal>
    </Primitive.Root>
  );
}
