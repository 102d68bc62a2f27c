import { DropdownMenu } from 'radix-ui';
import type { ReactElement, ReactNode } from 'react';
import { Icon } from './icon.tsx';
import './menu.css';

interface MenuProps {
  /** The button that opens it. */
  trigger: ReactElement;
  align?: 'start' | 'center' | 'end';
  children: ReactNode;
}

/** A menu that drops from a button; arrows walk it, Esc closes it. */
export function Menu({ trigger, align = 'end', children }: MenuProps) {
  // Not modal: a modal one locks scrolling by a <style> element, which the page's policy forbids.
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger asChild>{trigger}</DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          className="menu"
          align={align}
          sideOffset={4}
          collisionPadding={8}
          // Focus goes back to the button by itself only if the page has not moved it on purpose.
          onCloseAutoFocus={(event) => {
            if (document.activeElement !== document.body) event.preventDefault();
          }}
        >
          {children}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

interface MenuItemProps {
  onSelect: () => void;
  /** A second line, or what stands to the right. */
  note?: ReactNode;
  disabled?: boolean;
  children: ReactNode;
}

export function MenuItem({ onSelect, note, disabled = false, children }: MenuItemProps) {
  return (
    <DropdownMenu.Item className="menu-item" onSelect={onSelect} disabled={disabled}>
      <span>{children}</span>
      {note !== undefined && <span className="menu-note">{note}</span>}
    </DropdownMenu.Item>
  );
}

/** A choice of one among several, with a tick at the chosen one. */
export function MenuChoice<T extends string>(props: {
  value: T;
  onChange: (value: T) => void;
  choices: readonly { value: T; label: ReactNode; note?: ReactNode }[];
}) {
  return (
    <DropdownMenu.RadioGroup
      value={props.value}
      onValueChange={(value) => props.onChange(value as T)}
    >
      {props.choices.map(({ value, label, note }) => (
        <DropdownMenu.RadioItem key={value} value={value} className="menu-item menu-choice">
          <DropdownMenu.ItemIndicator className="menu-tick">
            <Icon name="tick" />
          </DropdownMenu.ItemIndicator>
          <span>{label}</span>
          {note !== undefined && <span className="menu-note">{note}</span>}
        </DropdownMenu.RadioItem>
      ))}
    </DropdownMenu.RadioGroup>
  );
}

/** Something that is on or off, with a tick where it is on; the menu stays open. */
export function MenuCheck(props: {
  checked: boolean;
  onChange: (checked: boolean) => void;
  disabled?: boolean;
  note?: ReactNode;
  children: ReactNode;
}) {
  const { checked, onChange, disabled = false, note, children } = props;
  return (
    <DropdownMenu.CheckboxItem
      className="menu-item menu-choice"
      checked={checked}
      disabled={disabled}
      onCheckedChange={onChange}
      onSelect={(event) => event.preventDefault()}
    >
      <DropdownMenu.ItemIndicator className="menu-tick">
        <Icon name="tick" />
      </DropdownMenu.ItemIndicator>
      <span>{children}</span>
      {note !== undefined && <span className="menu-note">{note}</span>}
    </DropdownMenu.CheckboxItem>
  );
}

/** A small grey heading over the items that follow. */
export function MenuLabel({ children }: { children: ReactNode }) {
  return <DropdownMenu.Label className="menu-label">{children}</DropdownMenu.Label>;
}

export function MenuLine() {
  return <DropdownMenu.Separator className="menu-line" />;
}
