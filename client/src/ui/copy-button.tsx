import { copyText } from './clipboard.ts';

interface CopyButtonProps {
  text: string;
  /** Names it in what is said afterwards, as in `Command copied`. */
  what: string;
  label?: string;
}

/** Copies a text. */
export function CopyButton({ text, what, label = 'Copy' }: CopyButtonProps) {
  return (
    <button type="button" className="button small" onClick={() => void copyText(text, what)}>
      <span aria-hidden="true">{label}</span>
      <span className="hidden-text">Copy {what.toLowerCase()}</span>
    </button>
  );
}
