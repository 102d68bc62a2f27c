import { parseFeatureId, parseSourceId } from '@loupe/shared';
import {
  type Colouring,
  type Filters,
  MAX_PINS,
  NO_FILTERS,
  type Scope,
  type Shade,
} from './state.ts';

/** What a link to the Prompt view restores. */
export interface LinkState {
  /** Undefined: the first model there is. */
  model: string | undefined;
  /** Undefined: none was given. Empty: nothing is run. */
  prompt: string | undefined;
  /** Null: the last token, whichever that is. */
  position: number | null;
  /** Id of the selected row's source. */
  source: string | null;
  /** Ids of sets' variants. */
  variants: readonly string[];
  /** Sets that run; undefined: those that the reader of the link has chosen, or those by default. */
  sets: readonly string[] | undefined;
  pinned: readonly string[];
  filters: Filters;
  shade: Shade;
  colouring: Colouring;
}

const SHADES: readonly Shade[] = ['count', 'strongest', 'error'];
const SCOPES: readonly Scope[] = ['all', 'here', 'everywhere'];
const DEFAULT_SHADE: Shade = 'strongest';
/** `att-kk__raw-z` */
const VARIANT = /^[A-Za-z0-9_.-]{1,100}__[a-z0-9-]{1,40}$/;
const MAX_VARIANTS = 20;
const SET = /^[A-Za-z0-9_.-]{1,100}$/;
const MAX_SETS = 50;
/** Longer ones are no filter that anybody typed. */
const MAX_TEXT = 200;

function oneOf<T extends string>(values: readonly T[], value: string | null, otherwise: T): T {
  return values.find((known) => known === value) ?? otherwise;
}

/** Writes a link; what is as it is by default is left out. */
export function encodeLink(state: LinkState): URLSearchParams {
  const { filters } = state;
  const params = new URLSearchParams();
  const put = (name: string, value: string | number | null | undefined, standard?: unknown) => {
    if (value !== null && value !== undefined && value !== standard)
      params.set(name, String(value));
  };
  put('model', state.model);
  put('prompt', state.prompt);
  put('pos', state.position);
  put('source', state.source);
  if (state.sets) params.set('sets', state.sets.join(','));
  if (state.variants.length > 0) params.set('variants', state.variants.join(','));
  if (state.pinned.length > 0) params.set('pins', state.pinned.join(','));
  put('shade', state.shade, DEFAULT_SHADE);
  put('colour', state.colouring, 'surprisal');
  put('set', filters.set);
  put('text', filters.text, '');
  put('min', filters.minActivation, 0);
  put('scope', filters.scope, 'all');
  return params;
}

/** Reads a link; what makes no sense in it is passed over. */
export function decodeLink(params: URLSearchParams): LinkState {
  const pos = params.get('pos') ?? '';
  const source = params.get('source');
  const colour = params.get('colour');
  const min = Number(params.get('min') ?? 0);
  const pinned = (params.get('pins') ?? '').split(',').filter((id) => parseFeatureId(id));
  const variants = (params.get('variants') ?? '').split(',').filter((id) => VARIANT.test(id));
  const sets = (params.get('sets') ?? '').split(',').filter((id) => SET.test(id));
  return {
    model: params.get('model') ?? undefined,
    prompt: params.get('prompt') ?? undefined,
    position: /^\d{1,6}$/.test(pos) ? Number(pos) : null,
    source: source !== null && parseSourceId(source) ? source : null,
    variants: variants.slice(0, MAX_VARIANTS),
    sets: sets.length > 0 ? sets.slice(0, MAX_SETS) : undefined,
    pinned: [...new Set(pinned)].slice(0, MAX_PINS),
    shade: oneOf(SHADES, params.get('shade'), DEFAULT_SHADE),
    colouring: colour !== null && parseFeatureId(colour) ? (colour as Colouring) : 'surprisal',
    filters: {
      set: params.get('set') ?? NO_FILTERS.set,
      text: (params.get('text') ?? NO_FILTERS.text).slice(0, MAX_TEXT),
      minActivation: Number.isFinite(min) && min > 0 ? min : NO_FILTERS.minActivation,
      scope: oneOf(SCOPES, params.get('scope'), NO_FILTERS.scope),
    },
  };
}
