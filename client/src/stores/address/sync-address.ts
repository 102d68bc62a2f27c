import { debounce } from '../debounce.ts';
import { attempt } from '../prompt/attempt.ts';
import { rememberedSets } from '../prompt/chosen-sets.ts';
import type { Run } from '../prompt/run.ts';
import type { PromptState, Selection } from '../prompt/state.ts';
import { usePrompt } from '../prompt/store.ts';
import { decodeLink, encodeLink, type LinkState } from '../prompt/url-state.ts';
import { formatHash, type Route } from './address.ts';
import { addressParts } from './address-parts.ts';
import { followHistory, navigate, useRoute } from './route.ts';

/** Characters of the prompt in the title of the window. */
const TITLE = 60;

/** Milliseconds without a change after which the address follows. */
const SETTLE = 250;

function linkOf(state: PromptState): LinkState {
  const { run, selection, followEnd, variants, pinned, filters, shade, colouring } = state;
  const last = attempt(state);
  const source = selection.source === null ? null : run?.sources[selection.source]?.id;
  // A box that was emptied is not one that nobody has typed into yet.
  const emptied = state.text === '' && state.model !== '' ? '' : undefined;
  return {
    model: state.model || undefined,
    prompt: last?.prompt ?? emptied,
    position: followEnd ? null : selection.position,
    source: source ?? null,
    variants,
    sets: state.sets[state.model],
    pinned,
    filters,
    shade,
    colouring,
  };
}

/** Where a link points in a run. */
function selectionIn(run: Run, link: LinkState): { selection: Selection; followEnd: boolean } {
  const row = run.sources.findIndex(({ id }) => id === link.source);
  const end = run.tokens.length - 1;
  const followEnd = link.position === null || link.position > end;
  return {
    selection: {
      position: Math.max(0, followEnd ? end : (link.position ?? end)),
      source: row < 0 ? null : row,
    },
    followEnd,
  };
}

/** What the address keeps of what is on screen, and what is too much for it, in words. */
function kept(link: LinkState): { params: URLSearchParams; leftOut: string[] } {
  const params = encodeLink(link);
  const notes = addressParts().map((part) => part.write(params));
  return { params, leftOut: notes.filter((note) => note !== undefined) };
}

/** The address of what is on screen, to be shared, and what it cannot hold. */
export function currentLink(): { url: string; leftOut: string[] } {
  const { page, path } = useRoute.getState();
  const { params, leftOut } = kept(linkOf(usePrompt.getState()));
  return { url: new URL(formatHash({ page, path, params }), location.href).href, leftOut };
}

/** What the address asks to see. */
export function linkFromAddress(): LinkState {
  return decodeLink(useRoute.getState().params);
}

/** Shows what a link says, and runs its prompt unless that is on screen already. */
export function restoreLink(link: LinkState): void {
  const { variants, pinned, filters, shade, colouring } = link;
  const restoring = (run: Run) => selectionIn(run, link);
  const before = usePrompt.getState();
  const model = link.model ?? before.model;
  const remembered = rememberedSets();
  const sets = link.sets ? { ...remembered, [model]: link.sets } : remembered;
  const sameSources =
    before.variants.join() === variants.join() &&
    before.sets[model]?.join() === sets[model]?.join();
  usePrompt.setState({ variants, sets, pinned, filters, shade, colouring });
  const state = usePrompt.getState();
  const last = attempt(state);
  // The prompt travels with the reader; a link that names none is about the one there is.
  const prompt = link.prompt ?? last?.prompt;
  const same = last?.prompt === prompt && (last === null || last.model === model) && sameSources;
  if (prompt === undefined || same) {
    usePrompt.setState(
      state.run && !state.pending ? { ...restoring(state.run), restoring: null } : { restoring },
    );
    return;
  }
  usePrompt.setState({ restoring });
  state.runNow({ prompt, model });
}

/**
 * Keeps the address in step with the view. A prompt that was run on purpose is a step for the Back
 * button, and so is the first change while typing; later changes and the view replace what is there.
 */
export function syncAddress(): void {
  let { explicit } = usePrompt.getState();
  let drafting = false;

  const write = () => {
    const state = usePrompt.getState();
    const link = linkOf(state);
    if (link.prompt === undefined) return;
    document.title = link.prompt ? `${link.prompt.slice(0, TITLE)} · Loupe` : 'Loupe';
    const { page, path } = useRoute.getState();
    const route: Route = { page, path, params: kept(link).params };
    const before = linkFromAddress();
    const moved =
      before.prompt !== undefined &&
      (before.prompt !== link.prompt || (before.model ?? link.model) !== link.model);
    const onPurpose = state.explicit !== explicit;
    explicit = state.explicit;
    navigate(route, moved && (onPurpose || !drafting) ? 'push' : 'replace');
    if (onPurpose) drafting = false;
    else if (moved) drafting = true;
  };

  const settled = debounce(write, SETTLE);
  usePrompt.subscribe(() => settled());
  for (const part of addressParts()) part.subscribe(settled);
  followHistory((route) => {
    settled.cancel();
    drafting = false;
    restoreLink(decodeLink(route.params));
    for (const part of addressParts()) part.read(route.params);
    // Going back is not a step of its own.
    explicit = usePrompt.getState().explicit;
  });
}
