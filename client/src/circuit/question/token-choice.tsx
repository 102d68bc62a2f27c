import { tokenLabel } from '@loupe/shared';
import { Command } from 'cmdk';
import { Popover } from 'radix-ui';
import { useState } from 'react';
import { Icon } from '../../app/icon.tsx';
import { percentText } from '../../charts/numbers.ts';
import { TokenText } from '../../charts/token-label.tsx';
import { type TokenOption, tokenOptions } from './choices.ts';

interface TokenChoiceProps {
  /** What is chosen, for assistive technology: `Token to explain`. */
  label: string;
  /** The chosen token; null for none. */
  value: string | null;
  /** What it means that none is chosen. */
  none: string;
  likely: readonly TokenOption[];
  onChoose: (token: string | null) => void;
}

function Options({ label, value, none, likely, onChoose }: TokenChoiceProps) {
  const [typed, setTyped] = useState('');
  const options = tokenOptions(typed, likely);
  return (
    // Filtered here: a typed text is an option itself.
    <Command label={label} shouldFilter={false} loop>
      <Command.Input
        value={typed}
        onValueChange={setTyped}
        placeholder="Type a token"
        spellCheck={false}
      />
      <Command.List label="Tokens">
        {typed === '' && (
          <Command.Item value="none" onSelect={() => onChoose(null)}>
            <span>{none}</span>
            {value === null && <Icon name="tick" />}
          </Command.Item>
        )}
        {options.map(({ text, probability, note }) => (
          <Command.Item key={text} value={`token ${text}`} onSelect={() => onChoose(text)}>
            <span className="mono">
              <TokenText text={text} />
            </span>
            <span className="menu-note">
              {probability === undefined ? note : percentText(probability)}
            </span>
          </Command.Item>
        ))}
      </Command.List>
    </Command>
  );
}

/** A button that shows a token and lets another be chosen: of the likeliest, or typed. */
export function TokenChoice(props: TokenChoiceProps) {
  const { label, value, none, onChoose } = props;
  const [open, setOpen] = useState(false);
  return (
    <Popover.Root open={open} onOpenChange={setOpen}>
      <Popover.Trigger asChild>
        <button
          type="button"
          className="button"
          aria-label={`${label}: ${value === null ? none : tokenLabel(value)}`}
        >
          {value === null ? (
            none
          ) : (
            <span className="mono">
              <TokenText text={value} />
            </span>
          )}
          <Icon name="down" size={12} />
        </button>
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          className="menu token-choice"
          align="start"
          sideOffset={4}
          collisionPadding={8}
          aria-label={label}
        >
          <Options
            {...props}
            onChoose={(token) => {
              setOpen(false);
              onChoose(token);
            }}
          />
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}
