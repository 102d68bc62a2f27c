import type { KeyboardEvent } from 'react';
import { usePrompt } from '../stores/prompt/store.ts';

const ID = 'prompt-text';

/** Puts the cursor into the prompt box, behind what stands there. */
export function focusPrompt(): void {
  const box = document.getElementById(ID);
  if (!(box instanceof HTMLTextAreaElement)) return;
  box.focus();
  box.setSelectionRange(box.value.length, box.value.length);
}

/** Where the prompt is typed; it runs as you type, and at once on Enter. */
export function PromptBox() {
  const text = usePrompt((state) => state.text);
  const setText = usePrompt((state) => state.setText);
  const runNow = usePrompt((state) => state.runNow);

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    runNow();
  };

  return (
    // The hidden copy of the text is what gives the box its height; the textarea lies on it.
    <div className="prompt-box" data-text={`${text} `}>
      <textarea
        id={ID}
        aria-label="Prompt"
        rows={1}
        placeholder="Type or paste a prompt"
        spellCheck={false}
        autoComplete="off"
        autoCapitalize="off"
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={onKeyDown}
      />
    </div>
  );
}
