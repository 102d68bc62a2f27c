import { type AttributionGraph, formatCount, nodeName, tokenAt } from '@loupe/shared';
import { useCircuit } from '../../stores/circuit/store.ts';
import { useServer } from '../../stores/server.ts';
import { Failure } from '../../ui/failure.tsx';
import { Icon } from '../../ui/icon.tsx';
import { dismissFileError, useFiles } from './files.ts';
import './file.css';

/** True when the model of the graph on screen is installed, so that it can be computed with. */
export function useModelIsHere(): boolean {
  const model = useCircuit((state) => state.graph?.model);
  return useServer(({ models }) => models?.some(({ id }) => id === model) ?? false);
}

/** Says that the graph on screen is of a file, and what cannot be done with it. */
function Origin() {
  const origin = useCircuit((state) => state.origin);
  const graph = useCircuit((state) => state.graph);
  const isHere = useModelIsHere();
  if (origin?.from !== 'file' || !graph) return null;
  return (
    <p className="file-origin">
      <span>
        From <strong>{origin.name}</strong>: {formatCount(graph.nodes.length)} nodes of the model{' '}
        <span className="mono">{graph.model}</span>, explaining{' '}
        <span className="mono">{explained(graph)}</span> on{' '}
        <span className="mono">{graph.prompt}</span>
      </span>
      {graph.unused && (
        <span className="file-foreign">Not used of the file: {graph.unused.join(', ')}.</span>
      )}
      {!isHere && (
        <span className="file-foreign">
          This model is not installed here: the graph can be read, pinned, grouped and exported, but
          nothing can be computed with it.
        </span>
      )}
    </p>
  );
}

/** Logits that a line has room to name. */
const NAMED = 3;

/** `·Mary − ·John after ·to 14`, which the question bar cannot say of a file. */
function explained(graph: AttributionGraph): string {
  const logits = graph.nodes.filter(({ kind }) => kind === 'logit');
  const [first] = logits;
  if (!first) return 'no token';
  const names = logits.slice(0, NAMED).map((logit) => nodeName(logit, graph));
  const more = logits.length > NAMED ? ` and ${logits.length - NAMED} more` : '';
  const { position } = first;
  return `${names.join(', ')}${more} after ${tokenAt(graph, position)} ${position}`;
}

/** What there is to say of the file that was opened last. */
export function FileNotices() {
  const error = useFiles((state) => state.error);
  return (
    <>
      <div role="alert">
        {error && (
          <Failure
            error={error}
            action={
              <button
                type="button"
                className="icon-button"
                aria-label="Dismiss"
                onClick={dismissFileError}
              >
                <Icon name="close" />
              </button>
            }
          />
        )}
      </div>
      <Origin />
    </>
  );
}
