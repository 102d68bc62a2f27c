/** The selected token's features and what comes next. */
export function Selection() {
  return null;
}
