import { usePrompt } from '../stores/prompt/store.ts';
import { useServer } from '../stores/server.ts';

/** Makes a model the one that prompts run on; the prompt on screen goes along. */
export function UseModel({ id }: { id: string }) {
  const inUse = usePrompt((state) => state.model === id);
  const chooseModel = usePrompt((state) => state.chooseModel);
  const known = useServer((state) => state.models?.some((model) => model.id === id) ?? false);
  return (
    <button
      type="button"
      className="button"
      disabled={inUse || !known}
      onClick={() => chooseModel(id)}
    >
      {inUse ? 'In use for prompts' : 'Use for prompts'}
    </button>
  );
}
