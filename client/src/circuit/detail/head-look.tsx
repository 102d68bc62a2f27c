import { type AttributionGraph, promptOfGraph, tokenAt } from '@loupe/shared';
import { useState } from 'react';
import { HeadScore } from '../../charts/head-score.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import './head-look.css';

interface HeadLookProps {
  graph: AttributionGraph;
  /** Index of an attention feature. */
  node: number;
  /** Heads and positions that it reads through and from, the most important first. */
  heads: readonly number[];
  positions: readonly number[];
}

/** Asks why a head of a feature looks where it does. */
export function HeadLook({ graph, node: index, heads, positions }: HeadLookProps) {
  const [open, setOpen] = useState(false);
  const [head, setHead] = useState(heads[0] ?? 0);
  const [key, setKey] = useState(positions[0] ?? 0);
  const node = graph.nodes[index];
  if (!node) return null;
  const { layer, position } = node;
  const place = (at: number) => `${tokenAt(graph, at)} ${at}`;
  return (
    <>
      <button type="button" className="button small" onClick={() => setOpen(true)}>
        Why does it look there?
      </button>
      <Dialog
        open={open}
        onOpenChange={setOpen}
        title="Why a head looks where it does"
        className="head-look"
      >
        <div className="head-look-words">
          <label>
            head{' '}
            <select
              className="field"
              value={head}
              onChange={({ target }) => setHead(Number(target.value))}
            >
              {heads.map((one) => (
                <option key={one} value={one}>{`${layer}.${one}`}</option>
              ))}
            </select>
          </label>
          <span>
            looks from <span className="mono">{place(position)}</span>
          </span>
          <label>
            at{' '}
            <select
              className="field mono"
              value={key}
              onChange={({ target }) => setKey(Number(target.value))}
            >
              {positions.map((one) => (
                <option key={one} value={one}>
                  {place(one)}
                </option>
              ))}
            </select>
          </label>
        </div>
        <HeadScore
          request={{ ...promptOfGraph(graph), layer, head, query: position, key, top: 12 }}
        />
      </Dialog>
    </>
  );
}
