import type { ErrorCode } from '@loupe/shared';
import { canBeRetried } from '../../api/can-be-retried.ts';
import type { Job } from '../../stores/circuit/state.ts';
import { useCircuit } from '../../stores/circuit/store.ts';
import { Failure } from '../../ui/failure.tsx';
import { Icon } from '../../ui/icon.tsx';
import { ProgressBar } from '../../ui/progress-bar.tsx';
import { useSlow } from '../../ui/use-slow.ts';
import { jobShare, jobWords } from './job-words.ts';

/** Milliseconds up to which a wait shows nothing. */
const SHORT = 100;

function Running({ job }: { job: Job & { status: 'running' } }) {
  const cancel = useCircuit((state) => state.cancel);
  const { progress, since } = job;
  const words = jobWords(progress, performance.now() - since);
  return (
    <div className="job-line" aria-busy="true">
      <span role="status">{words}</span>
      <ProgressBar label="Computing the circuit" share={jobShare(progress)} words={words} />
      <button type="button" className="button small" onClick={cancel}>
        Cancel
      </button>
    </div>
  );
}

function Retry({ code }: { code?: ErrorCode }) {
  const explain = useCircuit((state) => state.explain);
  const dismiss = useCircuit((state) => state.dismiss);
  return (
    <span className="job-actions">
      {canBeRetried(code) && (
        <button type="button" className="button small" onClick={() => explain()}>
          <Icon name="retry" size={14} />
          Retry
        </button>
      )}
      <button type="button" className="icon-button" aria-label="Dismiss" onClick={dismiss}>
        <Icon name="close" />
      </button>
    </span>
  );
}

/** How far the circuit is that was asked for last, or how it ended where it ended in no graph. */
export function JobLine() {
  const job = useCircuit((state) => state.job);
  const slow = useSlow(job?.status === 'running', SHORT);
  return (
    <>
      {job?.status === 'running' && slow && <Running job={job} />}
      <div role="alert" className="job-end">
        {job?.status === 'failed' && (
          <Failure error={job.error} action={<Retry code={job.error.code} />} />
        )}
        {job?.status === 'cancelled' && (
          <div className="job-line">
            <span>Cancelled.</span>
            <Retry />
          </div>
        )}
      </div>
    </>
  );
}
