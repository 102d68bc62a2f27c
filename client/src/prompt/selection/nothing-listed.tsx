import { counted } from '@loupe/shared';
import type { Run } from '../../stores/prompt/run.ts';
import { NO_FILTERS } from '../../stores/prompt/state.ts';
import { usePrompt } from '../../stores/prompt/store.ts';

/** Why the list is empty, and the way out where there is one. */
export function NothingListed({ run, active }: { run: Run; active: number }) {
  const setFilters = usePrompt((state) => state.setFilters);
  const selection = usePrompt((state) => state.selection);
  const select = usePrompt((state) => state.select);
  const working = run.status === 'streaming' || run.status === 'waiting';
  if (active === 0) {
    return (
      <p className="nothing-listed">
        {working
          ? 'Features appear here as the layers arrive.'
          : 'No feature is active on this token.'}
      </p>
    );
  }
  return (
    <p className="nothing-listed">
      None of the {counted(active, 'active feature')} of this token passes the filters.
      <button
        type="button"
        className="link-button"
        onClick={() => {
          setFilters(NO_FILTERS);
          select(selection.position, null);
        }}
      >
        Clear the filters
      </button>
    </p>
  );
}
