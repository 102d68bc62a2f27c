/** Parses an option that is a list with commas between; `none` is an empty one. */
export function listOption(text: string): string[] {
  const entries = text.split(',').map((entry) => entry.trim());
  return text.trim() === 'none' ? [] : entries.filter((entry) => entry !== '');
}
