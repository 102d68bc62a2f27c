import type { SupervisedEngine } from '../engine/supervisor.ts';

/**
 * An engine that starts when it is first used, so that a server whose port is taken starts none.
 */
export function lateEngine(start: () => SupervisedEngine): SupervisedEngine {
  let started: SupervisedEngine | undefined;
  const engine = () => {
    started ??= start();
    return started;
  };
  return {
    run: (kind, request, signal) => engine().run(kind, request, signal),
    status: () => engine().status(),
    ready: () => engine().ready(),
    stop: async () => started?.stop(),
    get pid() {
      return started?.pid;
    },
  };
}
