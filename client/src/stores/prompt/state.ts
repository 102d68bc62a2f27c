import type { FeatureInfo } from '@loupe/shared';
import type { Run } from './run.ts';

/** What a cell of the map is shaded by. */
export type Shade = 'count' | 'strongest' | 'error';

/**
 * Which features of the selected token are listed: `all` that are active on it, those active `here`
 * and on no other token, or those active `everywhere` (on nine of ten tokens that are not special).
 */
export type Scope = 'all' | 'here' | 'everywhere';

/** What the tokens are coloured by: `surprisal`, or the activation of a feature (its id). */
export type Colouring = 'surprisal' | `${string}/${string}`;

/** The selected column and, when a cell of the map was chosen, its row: an index into `run.sources`. */
export interface Selection {
  position: number;
  source: number | null;
}

export interface Filters {
  /** A set such as `att-demo`, or null for all of them. */
  set: string | null;
  /** Matched against feature ids and promoted tokens, without regard to case. */
  text: string;
  /** Only activations at or above this; 0 keeps all. */
  minActivation: number;
  scope: Scope;
}

export const NO_FILTERS: Filters = { set: null, text: '', minActivation: 0, scope: 'all' };

/** Most features that can be pinned at once. */
export const MAX_PINS = 8;

/** The run on screen, the one on its way, and what was typed. */
export interface RunSlice {
  /** Model that the next run uses; empty until the list of models has arrived. */
  model: string;
  /** What stands in the prompt box; may be ahead of `run.prompt`. */
  text: string;
  /**
   * The run on screen. It stays until the next one has something to show. `run.lens` can cover fewer
   * positions than `run.tokens` while the lens of a longer prompt is still loading.
   */
  run: Run | null;
  /** The run asked for that has nothing to show yet: it waits, or it failed before its first batch. */
  pending: Run | null;
  /** Set while a link is being restored: says what to select once its run is there. */
  restoring: ((run: Run) => { selection: Selection; followEnd: boolean }) | null;
  /** Variants of sets that are read in place of them: `att-kk__raw-z`. */
  variants: readonly string[];
  /** Sets that the reader has chosen to run, by model; absent where that is the default. */
  sets: Readonly<Record<string, readonly string[]>>;
  /** Counts the runs that were asked for on purpose, rather than by typing. */
  explicit: number;
  /** Sets the text of the prompt box and runs it once typing pauses. */
  setText(text: string): void;
  /** Runs at once; by default what stands in the prompt box on the chosen model. */
  runNow(options?: { prompt?: string; model?: string }): void;
  /** Makes a model the one that prompts run on, and runs on it what is there, or else its first example. */
  chooseModel(id: string): void;
  /** Reads sets as these variants, others as they were trained, and runs what is there again. */
  chooseVariants(variants: readonly string[]): void;
  /** Runs these sets of the model in use, or those by default, and keeps that for the next visit. */
  chooseSets(sets: readonly string[] | undefined): void;
  /** Stops the run under way; what has arrived stays. */
  cancel(): void;
  /** Shows a stored run, marked as such. */
  showStored(run: Run, features: FeatureInfo[]): void;
}

/** What the reader looks at. */
export interface ViewSlice {
  selection: Selection;
  /** True until a token is chosen: the selection then stays on the last token. */
  followEnd: boolean;
  /** Id of the feature under the pointer or with keyboard focus, `3-att-demo/213`. */
  hovered: string | null;
  /** Id of the feature of which all that is known is shown. */
  opened: string | null;
  /** Ids, at most MAX_PINS, in the order of pinning. */
  pinned: readonly string[];
  filters: Filters;
  shade: Shade;
  colouring: Colouring;
  /** Selects a token; without `source` the row is kept, with null it is let go. */
  select(position: number, source?: number | null): void;
  /** Moves the selected token by so many positions, within the prompt. */
  moveToken(by: number): void;
  /** Moves the selected row by so many sources, up is positive, within those there are. */
  moveSource(by: number): void;
  hover(feature: string | null): void;
  /** Shows what is known of a feature; null for no more, and so does the one that is open already. */
  openFeature(feature: string | null): void;
  /** Pins or unpins; does nothing when MAX_PINS are pinned already. */
  togglePin(feature: string): void;
  clearPins(): void;
  setFilters(change: Partial<Filters>): void;
  setShade(shade: Shade): void;
  setColouring(colouring: Colouring): void;
}

/** What the weights say of features, loaded as they come into view. */
export interface FeatureSlice {
  /** By feature id; absent until loaded. */
  features: ReadonlyMap<string, FeatureInfo>;
  /** Why some will not come, by feature id; empty again on another model. */
  featureFailures: ReadonlyMap<string, string>;
  /** Asks for what is not there yet; calls close together become one request. Call it in an effect. */
  requestFeatures(ids: readonly string[]): void;
}

export type PromptState = RunSlice & ViewSlice & FeatureSlice;

/** The feature that colours the tokens: the hovered one, else the one chosen, else none. */
export function colouringFeature(state: PromptState): string | null {
  return state.hovered ?? (state.colouring === 'surprisal' ? null : state.colouring);
}
