import { chartFileName, counted, describeToken, formatCount } from '@loupe/shared';
import { ChartMenu } from '../../charts/chart-menu.tsx';
import { TokenLabel } from '../../charts/token-label.tsx';
import type { Run } from '../../stores/prompt/run.ts';
import { usePrompt } from '../../stores/prompt/store.ts';
import { Icon } from '../../ui/icon.tsx';
import { Menu, MenuChoice } from '../../ui/menu.tsx';
import type { Order } from './list-items.ts';
import { useOrder } from './order.ts';
import type { RankedFeature } from './ranking.ts';
import { selectionCsv, selectionJson } from './selection-data.ts';

const ORDERS: { value: Order; label: string; note: string }[] = [
  { value: 'strongest', label: 'strongest', note: 'one ranking' },
  { value: 'source', label: 'by source', note: 'a group for each' },
];

interface SelectionHeadProps {
  run: Run;
  position: number;
  /** Number of active features before filtering. */
  active: number;
  rows: readonly RankedFeature[];
}

/** Which token is selected and how many features are active on it. */
export function SelectionHead({ run, position, active, rows }: SelectionHeadProps) {
  const { order, setOrder } = useOrder();
  const token = run.tokens[position];
  if (!token) return null;
  const arrived = run.activations.filter((source) => source !== undefined).length;
  const count =
    rows.length === active
      ? counted(active, 'active feature')
      : `${formatCount(rows.length)} of ${counted(active, 'feature')}`;
  const data = () => [run, position, rows, usePrompt.getState().features] as const;
  return (
    <header className="selection-head">
      <h2 className="selection-token" aria-label={`Token ${describeToken(token)}`}>
        <TokenLabel token={token} />
      </h2>
      <p className="selection-facts">
        position {token.position} · {count}
        {arrived < run.sources.length && ` · ${arrived} of ${run.sources.length} sources`}
      </p>
      <Menu
        trigger={
          <button type="button" className="quiet-button">
            <span className="hidden-text">order: </span>
            {ORDERS.find(({ value }) => value === order)?.label}
            <Icon name="down" size={12} />
          </button>
        }
      >
        <MenuChoice value={order} onChange={setOrder} choices={ORDERS} />
      </Menu>
      <ChartMenu
        label="Features of the token"
        nameFile={(ending) => chartFileName(run, `features-at-${position}`, ending)}
        panel="selection"
        json={() => selectionJson(...data())}
        csv={() => selectionCsv(...data())}
      />
    </header>
  );
}
