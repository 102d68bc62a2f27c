import { usePanels } from '../../stores/panels.ts';
import { NARROW } from '../../ui/use-media.ts';

/** Marks the list of features in the page, so that Enter on a token or a cell leads into it. */
export const FEATURE_LIST = 'data-feature-list';

/** Id of the panel of the selected token. */
export const SELECTION_PANEL = 'selection';

/** True where panels stand behind tabs, so that what is selected in one is not seen in another. */
export function isBehindTab(): boolean {
  return matchMedia(NARROW).matches && usePanels.getState().maximised === null;
}

/** Brings what was just selected into sight where it would stand behind a tab; the focus goes there too. */
export function showSelected(): void {
  if (!isBehindTab()) return;
  usePanels.setState({ tab: SELECTION_PANEL });
  requestAnimationFrame(focusRow);
}

/** Moves the focus to the current row of the list of features. */
export function focusFeatureList(): void {
  if (isBehindTab()) showSelected();
  else focusRow();
}

function focusRow(): void {
  document.querySelector<HTMLElement>(`[${FEATURE_LIST}] [role="row"][tabindex="0"]`)?.focus();
}
