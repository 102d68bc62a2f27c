import { copyText } from './clipboard.ts';

/** Copies a text; `what` names it in what is said afterwards, as in `Command copied`. */
export function CopyButton({ text, what }: { text: string; what: string }) {
  return (
    <button type="button" className="button small" onClick={() => void copyText(text, what)}>
      <span aria-hidden="true">Copy</span>
      <span className="hidden-text">Copy {what.toLowerCase()}</span>
    </button>
  );
}
