import { refreshModels, useServer } from '../stores/server.ts';
import { CopyButton } from '../ui/copy-button.tsx';

/** What is in the store and cannot be used: why, and what to do. */
export function ProblemsSheet() {
  const unusable = useServer((state) => state.unusable);
  return (
    <section className="sheet sheet-scroll" aria-label="Cannot be used">
      <header className="sheet-head">
        <h2>Cannot be used</h2>
        <button type="button" className="button" onClick={() => void refreshModels()}>
          Look again
        </button>
      </header>
      <p className="sheet-text">
        {unusable.length === 0
          ? 'Everything in the store can be used.'
          : 'These are in the store and were passed over. All else works without them.'}
      </p>
      <ul className="problems">
        {unusable.map(({ path, code, message }) => (
          <li key={path}>
            <p>
              {message} <code className="muted">{code}</code>
            </p>
            <p className="command-line">
              <code>{path}</code>
              <CopyButton text={path} what="Path" />
            </p>
          </li>
        ))}
      </ul>
    </section>
  );
}
