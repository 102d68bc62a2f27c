import { Popover } from 'radix-ui';
import { useServer } from '../stores/server.ts';
import { Icon } from '../ui/icon.tsx';
import { type EngineSummary, summariseEngine } from './engine-summary.ts';

function Details({ summary }: { summary: EngineSummary }) {
  return (
    <>
      <dl>
        {summary.facts.map(([name, value]) => (
          <div key={name} className="fact">
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {summary.message && <p>{summary.message}</p>}
      {summary.note && <p>{summary.note}</p>}
    </>
  );
}

/** What computes, on what, and how it fares; opens to show the rest. */
export function EngineBadge() {
  const health = useServer((state) => state.health);
  const problem = useServer((state) => state.problem);
  const summary = summariseEngine(health, problem);
  return (
    <Popover.Root>
      <Popover.Trigger asChild>
        <button type="button" className="button engine-badge">
          <span className="dot" data-state={summary.state} />
          <span>{summary.text}</span>
          {summary.note && <Icon name="warning" size={14} />}
        </button>
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          className="popover"
          align="end"
          sideOffset={4}
          collisionPadding={8}
          aria-label="Engine"
        >
          <Details summary={summary} />
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}
