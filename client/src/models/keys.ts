import type { Key } from '../ui/keys.ts';

const GROUP = 'Sets of a model';

/** The keys of the Models page; the table of sets handles them itself. */
export const MODELS_KEYS: readonly Key[] = [
  { keys: ['ArrowLeft', 'ArrowRight'], what: 'Layer before, layer after', group: GROUP },
  { keys: [' '], what: 'Take or leave the layer, or the whole set', group: GROUP },
  { keys: ['a'], what: 'Take or leave all layers of the set', group: GROUP },
  { keys: ['Enter'], what: 'Open the set', group: GROUP },
];
