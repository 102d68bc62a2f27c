import { explainingSets, type SourceInfo } from '@loupe/shared';
import { useMemo } from 'react';
import { TokenLabel } from '../../charts/token-label.tsx';
import { useCircuit } from '../../stores/circuit/store.ts';
import { likeliest } from '../../stores/prompt/next-tokens.ts';
import { usePrompt } from '../../stores/prompt/store.ts';
import { useRunNow } from '../../stores/prompt/use-run-now.ts';
import { useServer } from '../../stores/server.ts';
import { Icon } from '../../ui/icon.tsx';
import { Menu, MenuChoice, MenuLabel, MenuLine } from '../../ui/menu.tsx';
import { FileMenu } from '../file/file-menu.tsx';
import { FileNotices } from '../file/file-notices.tsx';
import { HistoryButtons } from '../file/history.tsx';
import { BOUNDS, FIRST_POSITIONS, MODES } from './choices.ts';
import { JobLine } from './job-line.tsx';
import { choiceOf, SetChoice } from './set-choice.tsx';
import { StaleLine } from './stale-line.tsx';
import { TokenChoice } from './token-choice.tsx';
import { useFit } from './use-stale.ts';
import './question.css';

/** How the graph is computed. */
function Settings() {
  const { mode, maxNodes, firstPosition } = useCircuit((state) => state.question);
  const explain = useCircuit((state) => state.explain);
  const { attention, mlp } = useCircuit((state) => state.question);
  const sources = useSources();
  const sets = {
    attention: explainingSets(sources, 'attention'),
    mlp: explainingSets(sources, 'mlp'),
  };
  const by = [
    ...(mode === 'features' ? choiceOf(sets.attention, attention) : []),
    ...choiceOf(sets.mlp, mlp),
  ];
  const bound = BOUNDS.find(({ value }) => value === String(maxNodes));
  return (
    <Menu
      trigger={
        <button type="button" className="quiet-button">
          <span className="hidden-text">How it is computed: </span>
          {MODES.find(({ value }) => value === mode)?.label} ·{' '}
          {maxNodes === 0 ? bound?.label : `at most ${bound?.label ?? maxNodes}`}
          {by.length > 0 && ` · by ${by.join(' and ')}`}
          {firstPosition ? '' : ' · without position 0'}
          <Icon name="down" size={12} />
        </button>
      }
    >
      <MenuLabel>attention</MenuLabel>
      <MenuChoice value={mode} onChange={(value) => explain({ mode: value })} choices={MODES} />
      {mode === 'features' && (
        <SetChoice
          label="attention explained by"
          sets={sets.attention}
          chosen={attention}
          onChoose={(set) => explain({ attention: set })}
        />
      )}
      <SetChoice
        label="MLPs explained by"
        sets={sets.mlp}
        chosen={mlp}
        onChoose={(set) => explain({ mlp: set })}
      />
      <MenuLine />
      <MenuLabel>at most, the most influential</MenuLabel>
      <MenuChoice
        value={String(maxNodes)}
        onChange={(value) => explain({ maxNodes: Number(value) })}
        choices={BOUNDS}
      />
      <MenuLine />
      <MenuLabel>features and errors at position 0</MenuLabel>
      <MenuChoice
        value={firstPosition ? 'in' : 'out'}
        onChange={(value) => explain({ firstPosition: value === 'in' })}
        choices={FIRST_POSITIONS}
      />
    </Menu>
  );
}

/** The sources of the model that prompts run on. */
function useSources(): readonly SourceInfo[] {
  const model = usePrompt((state) => state.model);
  const models = useServer((state) => state.models);
  return useMemo(() => models?.find(({ id }) => id === model)?.sources ?? [], [models, model]);
}

/** The token after which the explained one comes, where that is not the last. */
function Place() {
  const position = useCircuit((state) => state.question.position);
  const explain = useCircuit((state) => state.explain);
  const run = useRunNow();
  const token = position === null ? undefined : run?.tokens[position];
  if (position === null) return null;
  return (
    <>
      <span className="muted">after</span>
      <button
        type="button"
        className="button"
        aria-label={`After position ${position}; explain the end of the prompt instead`}
        onClick={() => explain({ position: null, target: null, minus: null })}
      >
        <span className="mono">{token ? <TokenLabel token={token} /> : position}</span>
        <Icon name="close" size={12} />
      </button>
    </>
  );
}

/** What is asked: why this token, rather than that one? Choosing computes it. */
export function QuestionBar() {
  const { target, minus, position } = useCircuit((state) => state.question);
  const explain = useCircuit((state) => state.explain);
  const running = useCircuit((state) => state.job?.status === 'running');
  const run = useRunNow();
  const likely = useMemo(() => likeliest(run, position), [run, position]);
  const others = useMemo(() => likely.filter(({ text }) => text !== target), [likely, target]);
  const fit = useFit();
  const model = usePrompt((state) => state.model);
  const anyPrompt = usePrompt((state) => state.text !== '');
  return (
    <section className="question" aria-label="Question">
      <div className="question-words">
        <span className="muted">
          {fit === 'file' || fit === 'left-file' ? 'of the prompt above: why' : 'why'}
        </span>
        <TokenChoice
          model={model}
          label="Token to explain"
          value={target}
          none="the likeliest tokens"
          likely={likely}
          onChoose={(token) =>
            explain({ target: token, minus: token === null || token === minus ? null : minus })
          }
        />
        {target !== null && (
          <>
            <span className="muted">rather than</span>
            <TokenChoice
              model={model}
              label="Token to tell it from"
              value={minus}
              none="any other"
              likely={others}
              onChoose={(token) => explain({ minus: token })}
            />
          </>
        )}
        <Place />
        <Settings />
        {!running && anyPrompt && fit !== 'answer' && (
          <button type="button" className="button main" onClick={() => explain()}>
            Explain
          </button>
        )}
        <span className="question-end">
          <HistoryButtons />
          <FileMenu />
        </span>
      </div>
      <JobLine />
      <FileNotices />
      <StaleLine />
    </section>
  );
}
