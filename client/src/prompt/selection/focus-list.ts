/** Marks the list of features in the page, so that Enter on a token or a cell leads into it. */
export const FEATURE_LIST = 'data-feature-list';

/** Moves the focus to the current row of the list of features. */
export function focusFeatureList(): void {
  document.querySelector<HTMLElement>(`[${FEATURE_LIST}] [role="row"][tabindex="0"]`)?.focus();
}
