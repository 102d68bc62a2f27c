import { type FormEvent, useState } from 'react';
import { headChange } from './changes.ts';
import { addChanges } from './store.ts';

const HEAD = /^\d{1,4}\.\d{1,4}$/;

/** Adds a head, which is no node of the graph, by its layer and number. */
export function HeadForm() {
  const [text, setText] = useState('');

  function onSubmit(event: FormEvent): void {
    event.preventDefault();
    if (!HEAD.test(text.trim())) return;
    addChanges([headChange(text.trim())]);
    setText('');
  }

  return (
    <form className="head-form" onSubmit={onSubmit}>
      <label htmlFor="ablated-head">head</label>
      <input
        id="ablated-head"
        className="field mono"
        placeholder="3.5"
        value={text}
        onChange={({ target }) => setText(target.value)}
      />
      <button type="submit" className="button small" disabled={!HEAD.test(text.trim())}>
        Ablate head
      </button>
    </form>
  );
}
