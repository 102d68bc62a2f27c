import { type ExplainingSet, layerRanges } from '@loupe/shared';
import { MenuChoice, MenuLabel, MenuLine } from '../../ui/menu.tsx';

interface SetChoiceProps {
  label: string;
  /** That which is used unless another is chosen first. */
  sets: readonly ExplainingSet[];
  chosen: string | undefined;
  /** Told `undefined` where it is the first. */
  onChoose: (set: string | undefined) => void;
}

/** Which set explains a part of the layers, where several can. */
export function SetChoice({ label, sets, chosen, onChoose }: SetChoiceProps) {
  const [first] = sets;
  if (!first || sets.length < 2) return null;
  return (
    <>
      <MenuLine />
      <MenuLabel>{label}</MenuLabel>
      <MenuChoice
        value={sets.some(({ set }) => set === chosen) ? (chosen as string) : first.set}
        onChange={(set) => onChoose(set === first.set ? undefined : set)}
        choices={sets.map(({ set, layers }, place) => ({
          value: set,
          label: set,
          note: `${layers.length === 1 ? 'layer' : 'layers'} ${layerRanges(layers)}${place === 0 ? ', by default' : ''}`,
        }))}
      />
    </>
  );
}

/** The set that explains, where there is a choice. */
export function choiceOf(sets: readonly ExplainingSet[], chosen: string | undefined): string[] {
  const [first] = sets;
  if (!first || sets.length < 2) return [];
  return [sets.find(({ set }) => set === chosen)?.set ?? first.set];
}
