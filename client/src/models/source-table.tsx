import { formatBytes, formatCount, withMinus } from '@loupe/shared';
import type { LayerEntry, SetEntry } from '../stores/models/entries.ts';
import { Term } from '../ui/term.tsx';

/** A share as a bar and a number; below 0 there is nothing to draw, which is worth a colour. */
function Variance({ share }: { share: number }) {
  return (
    <>
      <span className="variance-bar">
        <span style={{ width: `${Math.max(0, Math.min(1, share)) * 100}%` }} />
      </span>
      <span className={share < 0 ? 'variance-bad' : undefined}>{withMinus(share.toFixed(2))}</span>
    </>
  );
}

function Row(props: { entry: LayerEntry; measured: boolean; sized: boolean; mixed: boolean }) {
  const { entry, measured, sized, mixed } = props;
  const { layer, source, offered } = entry;
  const width = source?.width ?? offered?.width;
  const bytes = source ? source.bytes : offered?.bytes;
  return (
    <tr data-missing={!source || undefined}>
      <th scope="row">{layer}</th>
      <td>{width === undefined ? '' : formatCount(width)}</td>
      {measured && (
        <td className="variance">
          {source?.explainedVariance !== undefined && <Variance share={source.explainedVariance} />}
        </td>
      )}
      {sized && <td>{bytes ? formatBytes(bytes) : ''}</td>}
      {mixed && <td className="source-state">{source ? 'installed' : 'available'}</td>}
    </tr>
  );
}

/** The dictionaries of a set, layer by layer. */
export function SourceTable({ set }: { set: SetEntry }) {
  const measured = set.layers.some(({ source }) => source?.explainedVariance !== undefined);
  const sized = set.layers.some(({ source, offered }) => (source ?? offered)?.bytes);
  const mixed = set.layers.some(({ source }) => source) && set.layers.some(({ source }) => !source);
  return (
    <table className="source-table">
      <thead>
        <tr>
          <th scope="col">layer</th>
          <th scope="col">features</th>
          {measured && (
            <th scope="col">
              <Term of="explainedVariance">variance explained</Term>
            </th>
          )}
          {sized && <th scope="col">size</th>}
          {mixed && (
            <th scope="col" className="source-state">
              <span className="hidden-text">state</span>
            </th>
          )}
        </tr>
      </thead>
      <tbody>
        {set.layers.map((entry) => (
          <Row key={entry.layer} entry={entry} {...{ measured, sized, mixed }} />
        ))}
      </tbody>
    </table>
  );
}
