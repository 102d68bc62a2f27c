/** Marks the table of sets in the page, so that Enter in the list of models leads into it. */
export const SET_TABLE = 'data-set-table';
/** Marks the list of models, to which Esc leads back. */
const MODEL_OPTION = '[role="listbox"] [role="option"][tabindex="0"]';

/** Moves the focus into the table of sets, once it is there. */
export function focusSets(): void {
  requestAnimationFrame(() => {
    document.querySelector<HTMLElement>(`[${SET_TABLE}] [tabindex="0"]`)?.focus();
  });
}

/** Moves the focus back to the model in the list. */
export function focusModels(): void {
  document.querySelector<HTMLElement>(`.models${MODEL_OPTION}`)?.focus();
}
