import { usePrompt } from '../../stores/prompt/store.ts';
import { readings, withReading } from '../../stores/prompt/variants.ts';
import { useServer } from '../../stores/server.ts';
import { MenuChoice, MenuLabel, MenuLine } from '../../ui/menu.tsx';

/** What the sources of a set are given to read, for the sets of which there are several ways. */
export function ReadingChoice() {
  const id = usePrompt((state) => state.model);
  const variants = usePrompt((state) => state.variants);
  const chooseVariants = usePrompt((state) => state.chooseVariants);
  const model = useServer((state) => state.models?.find((known) => known.id === id));
  return Array.from(readings(model), ([set, ways]) => (
    <div key={set}>
      <MenuLine />
      <MenuLabel>{set} reads</MenuLabel>
      <MenuChoice
        value={ways.find((way) => variants.includes(way.id))?.id ?? set}
        onChange={(chosen) => chooseVariants(withReading(variants, ways, chosen))}
        choices={ways.map((way) => ({ value: way.id, label: way.label }))}
      />
    </div>
  ));
}
