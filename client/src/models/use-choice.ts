import { useMemo } from 'react';
import { type Choice, defaultChoice } from '../stores/models/choice.ts';
import type { ModelEntry } from '../stores/models/entries.ts';
import { useModels } from '../stores/models/store.ts';

/** What is marked for download of a model, and how to mark something else. */
export function useChoice(model: ModelEntry): {
  choice: Choice;
  choose: (choice: Choice) => void;
} {
  const chosen = useModels((state) => state.choices.get(model.id));
  const choose = useModels((state) => state.choose);
  const standard = useMemo(() => defaultChoice(model), [model]);
  return { choice: chosen ?? standard, choose: (next) => choose(model.id, next) };
}
