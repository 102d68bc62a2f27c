import {
  type ErrorBody,
  type Health,
  type ModelInfo,
  type ModelList,
  type StoreProblem,
  toLoupeError,
} from '@loupe/shared';
import { create } from 'zustand';
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
}

/** The server as the page sees it. */
export const useServer = create<ServerState>()(() => ({
  health: null,
  problem: null,
  models: null,
  unusable: [],
}));

/** Milliseconds between two looks at a server that is well, one that starts, and one that is gone. */
const PAUSE = { ok: 10_000, starting: 500, lost: 1_500 } as const;

let timer: ReturnType<typeof setTimeout> | undefined;
let looking = false;
let watching = false;

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
  try {
    const known = useServer.getState().models !== null;
    const [health, list] = await Promise.all([getHealth(), known ? undefined : getModels()]);
    // All at once: what is shown first depends on whether the engine is ready.
    useServer.setState({ health, problem: null, ...(list && listed(list)) });
  } catch (thrown) {
    useServer.setState({ problem: toLoupeError(thrown).toBody() });
  } finally {
    looking = false;
    if (watching && !document.hidden) timer = setTimeout(look, pause());
  }
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
