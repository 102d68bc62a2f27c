import { counted, formatProbability, tokenLabel } from '@loupe/shared';
import { Command } from 'cmdk';
import { Popover } from 'radix-ui';
import { useEffect, useRef, useState } from 'react';
import { TokenText } from '../../charts/token-label.tsx';
import { Icon } from '../../ui/icon.tsx';
import { type TokenOption, tokenOptions } from './choices.ts';
import { piecesOf, usePieces } from './use-pieces.ts';

interface TokenChoiceProps {
  /** Whose tokens they are. */
  model: string;
  /** What is chosen, for assistive technology: `Token to explain`. */
  label: string;
  /** The chosen token; null for none. */
  value: string | null;
  /** What it means that none is chosen. */
  none: string;
  likely: readonly TokenOption[];
  onChoose: (token: string | null) => void;
}

function Options({ model, label, value, none, likely, onChoose }: TokenChoiceProps) {
  const [typed, setTyped] = useState('');
  const shown = useRef(true);
  useEffect(() => {
    shown.current = true;
    return () => {
      shown.current = false;
    };
  }, []);
  const options = tokenOptions(typed, likely);
  const pieces = usePieces(
    model,
    options.filter(({ spelled }) => spelled).map(({ text }) => text),
  );

  /** Chooses what was typed once it is known to be one token; where nothing can be known, all the same. */
  async function chooseTyped(text: string): Promise<void> {
    const found = await piecesOf(model, text).catch(() => undefined);
    if (shown.current && (found === undefined || found.length === 1)) onChoose(text);
  }

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
        {options.map(({ text, probability, note, spelled }) => {
          const made = spelled ? pieces(text) : undefined;
          const several = made !== undefined && made.length !== 1;
          return (
            <Command.Item
              key={text}
              value={`token ${text}`}
              disabled={several}
              title={several ? made.map(tokenLabel).join(' | ') : undefined}
              onSelect={() => (spelled ? void chooseTyped(text) : onChoose(text))}
            >
              <span className="mono">
                <TokenText text={text} />
              </span>
              <span className="menu-note">
                {several
                  ? counted(made.length, 'token')
                  : probability === undefined
                    ? note
                    : formatProbability(probability)}
              </span>
            </Command.Item>
          );
        })}
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
