import type { BackendInfo, ErrorBody, Health } from '@loupe/shared';

/** The engine in words, for the badge. */
export interface EngineSummary {
  state: 'good' | 'busy' | 'bad';
  /** One line: `TensorFlow 2.21 · CPU, 2 threads`. */
  text: string;
  facts: [name: string, value: string][];
  /** Why it is not ready. */
  message: string | undefined;
  /** Why a better backend or device does not run. */
  note: string | undefined;
}

const NAMES: Record<string, string> = {
  tensorflow: 'TensorFlow',
  wasm: 'WebAssembly',
  cpu: 'JavaScript',
};

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}

/** The first number of a version with two parts: `2.21` of `TensorFlow 2.21.0`. */
function shortVersion(version: string): string {
  return /\d+\.\d+/.exec(version)?.[0] ?? '';
}

function backendLine({ name, version, device, threads }: BackendInfo): string {
  const called = NAMES[name] ?? name;
  // Of the others it is the version of TensorFlow.js, which says little in a badge.
  const named = name === 'tensorflow' ? `${called} ${shortVersion(version)}`.trim() : called;
  const parallel = threads > 0 ? `, ${count(threads, 'thread')}` : '';
  return `${named} · ${device.split(',')[0]}${parallel}`;
}

function facts({ backend, queue, restarts, version }: Health): EngineSummary['facts'] {
  const work = `${queue.running} running, ${queue.waiting} of ${queue.limit} waiting`;
  const known: EngineSummary['facts'] =
    backend.name === ''
      ? []
      : [
          ['Backend', NAMES[backend.name] ?? backend.name],
          ['Version', backend.version],
          ['Device', backend.device],
          ['Threads', String(backend.threads)],
        ];
  return [...known, ['Queue', work], ['Restarts', String(restarts)], ['Loupe', version]];
}

/** Sums up what is known of the engine; `problem` is why the server could not be asked. */
export function summariseEngine(health: Health | null, problem: ErrorBody | null): EngineSummary {
  const rest = { facts: health ? facts(health) : [], message: undefined, note: undefined };
  if (problem) {
    const text = problem.code === 'LOUPE_SERVER_UNREACHABLE' ? 'Not connected' : 'Refused';
    return { ...rest, state: 'bad', text, message: problem.message };
  }
  if (!health) return { ...rest, state: 'busy', text: 'Connecting' };
  const { message } = health;
  const { note } = health.backend;
  switch (health.status) {
    case 'ok': {
      const { waiting } = health.queue;
      const text = backendLine(health.backend) + (waiting > 0 ? ` · ${waiting} waiting` : '');
      return { ...rest, state: 'good', text, message, note };
    }
    case 'starting':
      return { ...rest, state: 'busy', text: 'Engine starting', message, note };
    case 'restarting':
      return { ...rest, state: 'busy', text: 'Engine restarting', message, note };
    case 'failed':
      return { ...rest, state: 'bad', text: 'Engine failed', message, note };
  }
}
