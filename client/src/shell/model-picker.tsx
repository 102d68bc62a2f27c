import { openPage } from '../stores/address/route.ts';
import { MODELS_PATH } from '../stores/models/follow-downloads.ts';
import { usePrompt } from '../stores/prompt/store.ts';
import { useServer } from '../stores/server.ts';
import { Icon } from '../ui/icon.tsx';
import { Menu, MenuChoice, MenuItem, MenuLine } from '../ui/menu.tsx';

/** Chooses the model that prompts run on; the prompt on screen is run again on it. */
export function ModelPicker() {
  const models = useServer((state) => state.models);
  const model = usePrompt((state) => state.model);
  const chooseModel = usePrompt((state) => state.chooseModel);
  return (
    <Menu
      trigger={
        <button
          type="button"
          className="button"
          aria-label={`Model: ${model || 'none yet'}`}
          disabled={!models}
        >
          {model || 'model'}
          <Icon name="down" size={12} />
        </button>
      }
    >
      <MenuChoice
        value={model}
        onChange={chooseModel}
        choices={(models ?? []).map(({ id, name, architecture, sources }) => ({
          value: id,
          label: name,
          note: `${architecture.layers} layers · context ${architecture.context} · ${sources.length} sources`,
        }))}
      />
      <MenuLine />
      <MenuItem onSelect={() => openPage(MODELS_PATH)}>More models and dictionaries</MenuItem>
    </Menu>
  );
}
