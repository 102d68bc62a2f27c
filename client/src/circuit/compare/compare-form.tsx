import { type FormEvent, useState } from 'react';
import { useCircuit } from '../../stores/circuit/store.ts';
import { Failure } from '../../ui/failure.tsx';
import { ProgressBar } from '../../ui/progress-bar.tsx';
import { useModelIsHere } from '../file/file-notices.tsx';
import { GRAPH_FILES } from '../file/read-graph-file.ts';
import { jobShare, jobWords } from '../question/job-words.ts';
import { TokenChoice } from '../question/token-choice.tsx';
import {
  askedSecond,
  cancelComparison,
  chooseSecond,
  compareWith,
  compareWithFile,
  contrastOfFirst,
  useCompare,
} from './compare.ts';

function chooseFile(): void {
  const input = document.createElement('input');
  input.type = 'file';
  input.accept = GRAPH_FILES;
  input.addEventListener('change', () => {
    const file = input.files?.[0];
    if (file) void compareWithFile(file);
  });
  input.click();
}

/** What the graph on screen is to be compared with: another prompt, or a saved graph. */
export function CompareForm() {
  const graph = useCircuit((state) => state.graph);
  const isHere = useModelIsHere();
  const state = useCompare();
  const { prompt, job } = state;
  const { target, minus } = askedSecond(state);
  const [text, setText] = useState(prompt === '' ? (graph?.prompt ?? '') : prompt);
  const running = job?.status === 'running';
  // What the first is asked about is what a reader may want to know of the second, either way round.
  const first = contrastOfFirst();
  const likely = [first.target, first.minus]
    .filter((token) => token !== null)
    .map((token) => ({ text: token, note: 'of the first' }));

  function onSubmit(event: FormEvent): void {
    event.preventDefault();
    void compareWith(text);
  }

  return (
    <form className="compare-form" onSubmit={onSubmit}>
      <label className="heading" htmlFor="compare-prompt">
        the same question to another prompt
      </label>
      <input
        id="compare-prompt"
        className="field mono"
        value={text}
        onChange={({ target: field }) => setText(field.value)}
        spellCheck={false}
      />
      <div className="compare-words">
        <span className="muted">why</span>
        <TokenChoice
          model={graph?.model ?? ''}
          label="Token to explain in the second prompt"
          value={target}
          none="the likeliest tokens"
          likely={likely}
          onChoose={(token) =>
            chooseSecond({ target: token, minus: token === null || token === minus ? null : minus })
          }
        />
        {target !== null && (
          <>
            <span className="muted">rather than</span>
            <TokenChoice
              model={graph?.model ?? ''}
              label="Token to tell it from in the second prompt"
              value={minus}
              none="any other"
              likely={likely.filter(({ text: token }) => token !== target)}
              onChoose={(token) => chooseSecond({ target, minus: token })}
            />
          </>
        )}
        {target !== null && minus !== null && (
          <button
            type="button"
            className="quiet-button"
            onClick={() => chooseSecond({ target: minus, minus: target })}
          >
            the other way round
          </button>
        )}
        <button type="submit" className="button main" disabled={running || !isHere || text === ''}>
          Compare
        </button>
        <button type="button" className="quiet-button" onClick={chooseFile}>
          with a saved graph…
        </button>
      </div>
      {running && (
        <div className="compare-wait">
          <ProgressBar
            label="Computing the second circuit"
            share={jobShare(job.progress)}
            words={jobWords(job.progress, performance.now() - job.since)}
          />
          <button type="button" className="button small" onClick={cancelComparison}>
            Cancel
          </button>
        </div>
      )}
      <div role="alert">{job?.status === 'failed' && <Failure error={job.error} />}</div>
    </form>
  );
}
