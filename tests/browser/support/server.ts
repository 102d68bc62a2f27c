import { once } from 'node:events';
import { vi } from 'vitest';
import { startLoupe } from '../../api/support/run-loupe.ts';
import { enginePid } from './engine-process.ts';

const START = { timeout: 120_000, interval: 20 };
const STOP_MS = 15_000;

/** The real server in a process of its own, with the page as it was built last. */
export interface Server {
  /** `http://127.0.0.1:4173` */
  address: string;
  port: number;
  /** Of the process that answers. */
  pid: number;
  /** Everything it has printed. */
  printed(): string;
  /** @throws Error with what it printed last if it has ended */
  mustRun(): void;
  /** Sends a signal to its engine process. */
  signalEngine(signal: NodeJS.Signals): void;
  /** Resolves once the engine takes work. */
  ready(): Promise<void>;
  /** Ends it as Ctrl-C does; resolves once it is gone. */
  stop(): Promise<void>;
  /** Ends it as a power failure does; resolves once it is gone. */
  kill(): Promise<void>;
}

export interface ServerOptions {
  environment?: Record<string, string>;
  /** 0 takes any that is free. */
  port?: number;
}

/** Starts a server; resolves once it listens, which is before its engine is ready. */
export async function startServer(options: ServerOptions = {}): Promise<Server> {
  const { environment, port: wanted = 0 } = options;
  const child = startLoupe(['serve', '--port', String(wanted)], {
    // Tests ask more often than people do.
    LOUPE_RATE_LIMIT: '1000000',
    LOUPE_LOG_LEVEL: 'warn',
    ...environment,
  });
  const pid = child.pid ?? -1;
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      printed += text;
    });
  }
  const closed = once(child, 'close');
  const ended = () => child.exitCode !== null || child.signalCode !== null;
  const mustRun = () => {
    if (!ended()) return;
    throw new Error(`The server has ended (${child.signalCode ?? child.exitCode}):\n${printed}`);
  };
  const told = (what: RegExp) =>
    vi.waitUntil(() => {
      const found = what.exec(printed);
      if (!found) mustRun();
      return found;
    }, START);

  async function end(signal: NodeJS.Signals): Promise<void> {
    if (ended()) return;
    const engine = enginePid(pid);
    child.kill(signal);
    const hurry = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
    // One that a test has held could not see that its server is going.
    if (engine !== undefined) tryToSignal(engine, 'SIGCONT');
    await closed;
    clearTimeout(hurry);
  }

  const [, address = ''] = await told(/Loupe is at (http:\S+)/).catch(async (thrown) => {
    await end('SIGKILL');
    throw thrown;
  });
  return {
    address,
    port: Number(new URL(address).port),
    pid,
    printed: () => printed,
    mustRun,
    signalEngine(signal) {
      const engine = enginePid(pid);
      if (engine === undefined) throw new Error(`There is no engine process:\n${printed}`);
      process.kill(engine, signal);
    },
    ready: async () => void (await told(/It computes with/)),
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
  };
}

function tryToSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended by itself.
  }
}
