import type { AttributionGraph } from '@loupe/shared';
import { describeNode, nodeName, tokenAt } from '@loupe/shared';
import { type FormEvent, useState } from 'react';
import { ABLATE, type Change, type How } from './changes.ts';
import { removeChange, replaceChange } from './store.ts';

type Choice = 'ablate' | 'scale' | 'set';
const WORDS: Record<Choice, string> = { ablate: 'ablate', scale: 'multiply by', set: 'set to' };

function choiceOf({ by, value }: How): Choice {
  return by === 'scale' && value === 0 ? 'ablate' : by;
}

/** One change of the list: what, where, how; and away with it. */
export function ChangeRow({ graph, change }: { graph: AttributionGraph; change: Change }) {
  const { key, subject, how } = change;
  const [choice, setChoice] = useState<Choice>(choiceOf(how));
  const [text, setText] = useState(String(how.value));
  const isNode = subject.what === 'node';
  const name = isNode ? nodeName(subject.node, graph) : `head ${subject.head}`;
  const words = isNode ? describeNode(subject.node, graph) : name;
  const isFeature = isNode && !subject.node.kind.endsWith('error');

  function choose(next: Choice): void {
    setChoice(next);
    if (next === 'ablate') {
      replaceChange({ ...change, how: ABLATE });
      return;
    }
    const activation = isNode ? subject.node.activation : 1;
    const value = next === 'scale' ? 2 : Number(activation.toPrecision(3));
    setText(String(value));
    replaceChange({ ...change, how: { by: next, value } });
  }

  function onSubmit(event: FormEvent): void {
    event.preventDefault();
    const value = Number(text);
    const by = choice === 'set' ? 'set' : 'scale';
    if (text.trim() === '' || !Number.isFinite(value)) setText(String(how.value));
    else if (value !== how.value || by !== how.by) replaceChange({ ...change, how: { by, value } });
  }

  return (
    <li className="change-row">
      <form onSubmit={onSubmit}>
        <span className="mono change-name" title={words}>
          {name}
        </span>
        <select
          className="field"
          aria-label={`What to do with ${words}`}
          value={choice}
          onChange={({ target }) => choose(target.value as Choice)}
        >
          {(['ablate', 'scale', ...(isFeature ? (['set'] as const) : [])] as const).map((one) => (
            <option key={one} value={one}>
              {WORDS[one]}
            </option>
          ))}
        </select>
        {choice !== 'ablate' && (
          <input
            className="field change-value"
            inputMode="decimal"
            aria-label={`${WORDS[choice]}: value for ${words}`}
            value={text}
            onChange={({ target }) => setText(target.value)}
            onBlur={onSubmit}
          />
        )}
        {isNode && (
          <select
            className="field"
            aria-label={`Where to change ${words}`}
            value={subject.everywhere ? 'all' : 'here'}
            onChange={({ target }) =>
              replaceChange({
                ...change,
                subject: { ...subject, everywhere: target.value === 'all' },
              })
            }
          >
            <option value="here">
              at {tokenAt(graph, subject.node.position)} {subject.node.position}
            </option>
            <option value="all">at all positions</option>
          </select>
        )}
        <button
          type="button"
          className="quiet-button"
          aria-label={`Remove the change of ${words}`}
          onClick={() => removeChange(key)}
        >
          Remove
        </button>
      </form>
    </li>
  );
}
