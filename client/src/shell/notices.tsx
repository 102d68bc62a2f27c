import { useShallow } from 'zustand/react/shallow';
import { dismissPageError, usePageErrors } from '../stores/page-errors.ts';
import { attempt } from '../stores/prompt/attempt.ts';
import { usePrompt } from '../stores/prompt/store.ts';
import { lookAtServer, useServer } from '../stores/server.ts';
import { Icon } from '../ui/icon.tsx';
import { type Notice, runNotice, serverNotice } from './notice.ts';
import './notices.css';

function Action({ action }: { action: Notice['action'] }) {
  const last = usePrompt(attempt);
  const runNow = usePrompt((state) => state.runNow);
  switch (action) {
    case 'retry-server':
      return (
        <button type="button" className="button" onClick={lookAtServer}>
          Try now
        </button>
      );
    case 'retry-run':
      return (
        <button
          type="button"
          className="button"
          onClick={() => last && runNow({ prompt: last.prompt, model: last.model })}
        >
          <Icon name="retry" size={14} />
          Retry
        </button>
      );
    default:
      return null;
  }
}

/** What failed in the page itself, outside of any panel. */
function PageError() {
  const error = usePageErrors((state) => state.error);
  if (!error) return null;
  return (
    <div className="notice" data-tone="bad">
      <Icon name="warning" />
      <p className="notice-text">
        Something on this page failed: {error.message}. What is on screen stays; if it looks wrong,
        load the page anew.<code>{error.code}</code>
      </p>
      <button type="button" className="button" onClick={() => location.reload()}>
        Load anew
      </button>
      <button type="button" className="icon-button" aria-label="Dismiss" onClick={dismissPageError}>
        <Icon name="close" />
      </button>
    </div>
  );
}

/** A strip under the prompt for what went wrong; what is on screen stays below it. */
export function Notices() {
  const server = useServer(useShallow(({ health, problem }) => ({ health, problem })));
  const last = usePrompt(attempt);
  const shown = usePrompt((state) => state.run);
  const fromServer = serverNotice(server.health, server.problem);
  const fromRun = runNotice(last);
  // A server that is away or an engine that restarts is the cause of what went wrong in the run.
  const notice = fromServer ?? fromRun;
  return (
    <div role="alert">
      <PageError />
      {notice && (
        <div className="notice" data-tone={notice.tone}>
          <Icon name="warning" />
          <p className="notice-text">
            {notice.text}
            {notice === fromRun && last !== shown && shown && ' Below is still the run before.'}
            {notice.code && <code>{notice.code}</code>}
          </p>
          <Action action={notice.action} />
        </div>
      )}
    </div>
  );
}
