import {
  type ErrorBody,
  type Health,
  type ModelInfo,
  type ModelList,
  type StoreProblem,
  toLoupeError,
} from '@loupe/shared';
import { create } from 'zustand';
import { isBrokenOff } from '../api/http.ts';
import { getHealth, getModels } from '../api/resources.ts';

interface ServerState {
  /** The last answer of `/health`; null until the first. */
  health: Health | null;
  /** Why the server cannot be asked at the moment; null while it answers. */
  problem: ErrorBody | null;
  /** Null until the list has arrived. */
  models: ModelInfo[] | null;
  /** What is in the store and cannot be used. */
  unusable: StoreProblem[];
  /** Counts how often the server was found again after it was away, or a request had not reached it. */
  returns: number;
}

/** The server as the page sees it. */
export const useServer = create<ServerState>()(() => ({
  health: null,
  problem: null,
  models: null,
  unusable: [],
  returns: 0,
}));

/** Milliseconds between two looks at a server that is well, one that starts, and one that is gone. */
const PAUSE = { ok: 10_000, starting: 500, lost: 1_500 } as const;

/** Milliseconds after which what fails again though the server answers is tried once more. */
const AGAIN = 5_000;

let timer: ReturnType<typeof setTimeout> | undefined;
let looking = false;
let watching = false;
/** True once a request has found no server, until the server answers. */
let missed = false;
let lastReturn = Number.NEGATIVE_INFINITY;

function pause(): number {
  const { health, problem } = useServer.getState();
  if (problem) return PAUSE.lost;
  return health?.status === 'starting' || health?.status === 'restarting'
    ? PAUSE.starting
    : PAUSE.ok;
}

async function look(): Promise<void> {
  if (looking) return;
  looking = true;
  clearTimeout(timer);
  const { models, problem, returns } = useServer.getState();
  // What a look has begun before a request was lost says nothing of the server after it.
  const since = missed;
  try {
    // A server that was away may be another by now, with other models.
    const known = models !== null && problem === null;
    const [health, list] = await Promise.all([getHealth(), known ? undefined : getModels()]);
    const back = isAway(problem) || (since && performance.now() - lastReturn > AGAIN);
    if (back) {
      missed = false;
      lastReturn = performance.now();
    }
    // All at once: what is shown first depends on whether the engine is ready.
    useServer.setState({
      health,
      problem: null,
      returns: returns + Number(back),
      ...(list && listed(list)),
    });
  } catch (thrown) {
    useServer.setState({ problem: toLoupeError(thrown).toBody() });
  } finally {
    looking = false;
    const next = missed ? PAUSE.lost : pause();
    if (watching && !document.hidden) timer = setTimeout(look, next);
  }
}

/** True for the error of a request that met no server. */
export function isAway(error: ErrorBody | null | undefined): boolean {
  return error?.code === 'LOUPE_SERVER_UNREACHABLE';
}

/**
 * Tells that a request met no server; once one answers, `onServerBack` is called. Of an answer that broke
 * off that is so only if the server then turns out to be away: else the answer would break off again.
 */
export function missServer(error: ErrorBody): void {
  if (!isBrokenOff(error)) missed = true;
  lookAtServer();
}

/**
 * Calls `redo` whenever the server is found again, for what failed for want of it; gives the way to end
 * that.
 */
export function onServerBack(redo: () => void): () => void {
  return useServer.subscribe(({ returns }, before) => {
    if (returns !== before.returns) redo();
  });
}

function listed({ models, problems }: ModelList): Pick<ServerState, 'models' | 'unusable'> {
  return { models, unusable: problems };
}

/** Reads the list of models again, as after something was installed or removed. */
export async function refreshModels(): Promise<void> {
  // The first time it comes with the engine's state.
  if (useServer.getState().models === null) return lookAtServer();
  try {
    useServer.setState(listed(await getModels()));
  } catch {
    // The list stays as it was; that the server does not answer is told by its health.
    lookAtServer();
  }
}

/** Looks at once, as after a request that failed, rather than at the next turn. */
export function lookAtServer(): void {
  void look();
}

/** Watches the server's health from now on, except while the page is hidden. */
export function watchServer(): void {
  watching = true;
  document.addEventListener('visibilitychange', () => {
    if (document.hidden) clearTimeout(timer);
    else lookAtServer();
  });
  lookAtServer();
}

/** True when the engine takes work. */
export function engineReady(state: ServerState): boolean {
  return state.problem === null && state.health?.status === 'ok';
}

/** Resolves once the engine takes work or has given up; rejects when `signal` is aborted. */
export function engineSettled(signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const settled = () => {
      const state = useServer.getState();
      return engineReady(state) || (state.problem === null && state.health?.status === 'failed');
    };
    if (settled()) return resolve();
    const stop = useServer.subscribe(() => {
      if (!settled()) return;
      stop();
      resolve();
    });
    signal.addEventListener('abort', () => {
      stop();
      reject(signal.reason);
    });
  });
}
