import { type FormEvent, useState } from 'react';

/** Longer names would not be read in a drawing. */
const MOST = 200;

interface LabelEditorProps {
  /** For assistive technology: `Label of 3/213`. */
  label: string;
  value: string;
  placeholder: string;
  onDone: (value: string) => void;
  onCancel: () => void;
}

/** A field for a name: Enter keeps it, Esc and leaving it empty-handed do not. */
export function LabelEditor({ label, value, placeholder, onDone, onCancel }: LabelEditorProps) {
  const [text, setText] = useState(value);

  function onSubmit(event: FormEvent): void {
    event.preventDefault();
    onDone(text.trim());
  }

  return (
    <form className="label-editor" onSubmit={onSubmit}>
      <input
        // biome-ignore lint/a11y/noAutofocus: it stands where the reader has just asked for it
        autoFocus
        className="field"
        aria-label={label}
        placeholder={placeholder}
        maxLength={MOST}
        value={text}
        onChange={({ target }) => setText(target.value)}
        onFocus={({ target }) => target.select()}
        onBlur={() => (text.trim() === value ? onCancel() : onDone(text.trim()))}
        onKeyDown={(event) => {
          if (event.key !== 'Escape') return;
          event.preventDefault();
          onCancel();
        }}
        spellCheck={false}
      />
    </form>
  );
}
