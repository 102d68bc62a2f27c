/** A function that runs once its calls have paused. */
export interface Debounced {
  (): void;
  /** Drops the call that is due, if there is one. */
  cancel(): void;
}

/** Runs `action` once `milliseconds` have passed without another call. */
export function debounce(action: () => void, milliseconds: number): Debounced {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const debounced = () => {
    clearTimeout(timer);
    timer = setTimeout(action, milliseconds);
  };
  debounced.cancel = () => clearTimeout(timer);
  return debounced;
}
