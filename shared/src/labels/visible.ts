/**
 * A text of whoever made the graph, on one line and without characters that reorder, hide or break
 * what stands around it.
 */
export function visible(text: string): string {
  return text
    .replace(/\s+/gu, ' ')
    .replace(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029\ufffe\uffff]/gu, '\ufffd')
    .trim();
}
