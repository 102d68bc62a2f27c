import { useGraphWithView } from '../../stores/circuit/use-graph-with-view.ts';
import { Failure } from '../../ui/failure.tsx';
import { ProgressBar } from '../../ui/progress-bar.tsx';
import { useModelIsHere } from '../file/file-notices.tsx';
import { graphIndex } from '../graph-index.ts';
import { ChangeRow } from './change-row.tsx';
import { isChangeable, nodeChange } from './changes.ts';
import { EveryPrompt } from './every-prompt.tsx';
import { HeadForm } from './head-form.tsx';
import { OutcomeTable } from './outcome-table.tsx';
import {
  addChanges,
  cancelIntervention,
  clearChanges,
  undoChange,
  useInterventions,
} from './store.ts';
import { ValidityPanel } from './validity-panel.tsx';
import './interventions.css';

/** What happens if features, heads or errors are changed, and how far the graph foresees it. */
export function IntervenePanel() {
  const graph = useGraphWithView();
  const { changes, past, running, error, outcome } = useInterventions();
  const isHere = useModelIsHere();
  if (!graph) return null;
  const { nodeOf } = graphIndex(graph);

  return (
    <section className="intervene" aria-label="Interventions">
      <div className="intervene-bar">
        {graph.view.groups.map(({ label, members }, place) => (
          <button
            // Two groups may have one name.
            // biome-ignore lint/suspicious/noArrayIndexKey: a group is its place
            key={place}
            type="button"
            className="button small"
            disabled={!isHere}
            onClick={() =>
              addChanges(
                members
                  .map((id) => graph.nodes[nodeOf.get(id) ?? -1])
                  .filter((node) => node !== undefined)
                  .filter(isChangeable)
                  .map(nodeChange),
              )
            }
          >
            Ablate {label}
          </button>
        ))}
        <HeadForm />
        <button
          type="button"
          className="quiet-button"
          disabled={past.length === 0}
          onClick={undoChange}
        >
          Undo
        </button>
        <button
          type="button"
          className="quiet-button"
          disabled={changes.length === 0}
          onClick={clearChanges}
        >
          Clear
        </button>
      </div>
      {changes.length === 0 ? (
        <p className="intervene-none">
          Ablate a node from its head line, or a head here, to see what the model does without it.
        </p>
      ) : (
        <ul className="change-list" aria-label="Changes">
          {changes.map((change) => (
            <ChangeRow key={change.key} graph={graph} change={change} />
          ))}
        </ul>
      )}
      {running && (
        <div className="intervene-wait">
          <ProgressBar label="Running the model with the changes" share={null} />
          <button type="button" className="button small" onClick={cancelIntervention}>
            Cancel
          </button>
        </div>
      )}
      {error && <Failure error={error} />}
      {outcome && <OutcomeTable outcome={outcome} />}
      <EveryPrompt graph={graph} />
      <ValidityPanel graph={graph} />
    </section>
  );
}
