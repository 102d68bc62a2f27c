import type { SourceInfo } from '@loupe/shared';
import { memo, type ReactNode, useEffect, useState } from 'react';
import { KIND_WORDS, KindMark } from '../../charts/kind-mark.tsx';
import type { Scope } from '../../stores/prompt/state.ts';
import { usePrompt } from '../../stores/prompt/store.ts';
import { Icon } from '../../ui/icon.tsx';
import { Menu, MenuChoice, MenuLabel, MenuLine } from '../../ui/menu.tsx';
import { mapLayout } from '../tracks/map-rows.ts';
import { ReadingChoice } from './reading-choice.tsx';
import './selection-filters.css';

const SCOPES: { value: Scope; label: string; title: string }[] = [
  { value: 'all', label: 'all', title: 'All features that are active on this token' },
  {
    value: 'here',
    label: 'only here',
    title: 'Active on this token and no other, special tokens aside',
  },
  {
    value: 'everywhere',
    label: 'everywhere',
    title: 'Active on at least nine of ten tokens, special tokens aside',
  },
];

/** What narrows the list of features. */
export const SelectionFilters = memo(function SelectionFilters(props: {
  sources: readonly SourceInfo[];
  source: number | null;
}) {
  const { sources, source } = props;
  const filters = usePrompt((state) => state.filters);
  const setFilters = usePrompt((state) => state.setFilters);
  return (
    <search className="selection-filters">
      <SourceFilter sources={sources} source={source} />
      <fieldset className="segments">
        <legend className="hidden-text">Where the features are active</legend>
        {SCOPES.map(({ value, label, title }) => (
          <button
            key={value}
            type="button"
            aria-pressed={filters.scope === value}
            title={title}
            onClick={() => setFilters({ scope: value })}
          >
            {label}
          </button>
        ))}
      </fieldset>
      <LeastActivation
        value={filters.minActivation}
        onChange={(minActivation) => setFilters({ minActivation })}
      />
      <input
        type="search"
        className="field text-filter"
        placeholder="id or promoted token"
        aria-label="Filter by feature id or promoted token"
        value={filters.text}
        spellCheck={false}
        onChange={(event) => setFilters({ text: event.target.value })}
      />
    </search>
  );
});

/** One choice for both: a set of every layer, or one source, which is the selected row of the map. */
function SourceFilter(props: { sources: readonly SourceInfo[]; source: number | null }) {
  const { sources, source } = props;
  const set = usePrompt((state) => state.filters.set);
  const setFilters = usePrompt((state) => state.setFilters);
  const select = usePrompt((state) => state.select);
  const layout = mapLayout(sources);
  const sets = [...new Map(sources.map((each) => [each.set, each.kind]))];
  const row = layout.rows.find((each) => each.source === source);
  const setKind = sets.find(([name]) => name === set)?.[1];
  const value = row ? `source ${row.source}` : set !== null ? `set ${set}` : 'all';

  function choose(next: string): void {
    const [what, which = ''] = next.split(' ');
    select(usePrompt.getState().selection.position, what === 'source' ? Number(which) : null);
    setFilters({ set: what === 'set' ? which : null });
  }

  let shown: ReactNode = 'all sources';
  if (row) {
    shown = (
      <>
        <KindMark kind={row.kind} />
        {row.label}
      </>
    );
  } else if (set !== null) {
    shown = (
      <>
        {setKind && <KindMark kind={setKind} />}
        {set}
      </>
    );
  }
  return (
    <Menu
      align="start"
      trigger={
        <button
          type="button"
          className="button small source-filter"
          data-narrowed={value !== 'all' || undefined}
        >
          <span className="hidden-text">Sources: </span>
          {shown}
          <Icon name="down" size={12} />
        </button>
      }
    >
      <MenuChoice
        value={value}
        onChange={choose}
        choices={[{ value: 'all', label: 'all sources' }]}
      />
      <MenuLine />
      <MenuLabel>every layer</MenuLabel>
      <MenuChoice
        value={value}
        onChange={choose}
        choices={sets.map(([name, kind]) => ({
          value: `set ${name}`,
          label: (
            <>
              <KindMark kind={kind} /> {KIND_WORDS[kind]}
            </>
          ),
          note: name,
        }))}
      />
      <MenuLine />
      <MenuLabel>one layer</MenuLabel>
      <MenuChoice
        value={value}
        onChange={choose}
        choices={layout.rows.map((each) => ({
          value: `source ${each.source}`,
          label: (
            <>
              <KindMark kind={each.kind} /> {each.label}
            </>
          ),
        }))}
      />
      <ReadingChoice />
    </Menu>
  );
}

/** A number that may be half typed: what stands in the field counts once it is one. */
function LeastActivation(props: { value: number; onChange: (value: number) => void }) {
  const { value, onChange } = props;
  const [text, setText] = useState(value === 0 ? '' : String(value));
  useEffect(() => {
    setText((now) => (Number(now || 0) === value ? now : value === 0 ? '' : String(value)));
  }, [value]);
  return (
    <label className="least-activation">
      ≥
      <input
        className="field"
        inputMode="decimal"
        placeholder="0"
        aria-label="Least activation"
        value={text}
        onChange={(event) => {
          const typed = event.target.value.replace(',', '.');
          if (!/^\d*\.?\d*$/.test(typed)) return;
          setText(typed);
          onChange(Number(typed) || 0);
        }}
      />
    </label>
  );
}
