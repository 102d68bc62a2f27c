import { type ChildProcess, fork } from 'node:child_process';
import { nodeFor, programFile } from '../places.ts';
import type { EngineLogger } from './logger.ts';
import { ProcessOutput } from './process-output.ts';
import type { FromEngine, StartMessage, ToEngine } from './protocol.ts';

const ENVIRONMENT = {
  TF_FORCE_GPU_ALLOW_GROWTH: 'true',
  TF_CPP_MIN_LOG_LEVEL: '2',
  // Float32 products in full, not rounded to 10 bits of mantissa.
  NVIDIA_TF32_OVERRIDE: '0',
};

// After `exit` the last messages and lines may still be on their way; `close` comes after them, but
// never comes if a grandchild holds a pipe open.
const CLOSE_GRACE_MS = 2000;

/** How an engine process came to its end. */
export interface Death {
  /** Completes "The engine …". */
  how: string;
  lastWords: string | undefined;
}

export interface EngineProcessOptions {
  start: StartMessage;
  env: NodeJS.ProcessEnv;
  /** Port at which a debugger may attach; none if left out. */
  inspectPort?: number | undefined;
  logger: EngineLogger;
  onMessage: (message: FromEngine) => void;
  /** Called once, after the last message. */
  onDeath: (death: Death) => void;
}

/** One engine process, from its birth to its death. */
export class EngineProcess {
  readonly #child: ChildProcess;
  readonly #killChild = () => this.#child.kill('SIGKILL');
  #reason: string | undefined;

  constructor({ start, env, inspectPort, logger, onMessage, onDeath }: EngineProcessOptions) {
    const main = programFile('engine/main');
    const { execArgv, env: nodeEnvironment } = nodeFor(main);
    const child = fork(main, [], {
      execArgv: [
        ...execArgv,
        ...(inspectPort === undefined ? [] : [`--inspect=127.0.0.1:${inspectPort}`]),
      ],
      serialization: 'advanced',
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      env: { ...nodeEnvironment, ...ENVIRONMENT, ...process.env, ...env },
    });
    this.#child = child;
    // An engine that is in the middle of a step would not notice that this process is gone.
    process.on('exit', this.#killChild);
    const output = new ProcessOutput(child, logger);
    let grace: NodeJS.Timeout | undefined;
    let how = 'stopped';
    const die = () => {
      clearTimeout(grace);
      process.off('exit', this.#killChild);
      child.removeAllListeners('message');
      child.off('close', die);
      onDeath({ how: this.#reason ?? how, lastWords: output.lastWords() });
    };
    child.on('message', onMessage);
    child.on('error', (error) => {
      if (child.pid !== undefined)
        logger.error({ event: 'engine error', err: error }, error.message);
      else {
        how = `could not be started: ${error.message}`;
        die();
      }
    });
    child.once('exit', (code, signal) => {
      how = describeExit(code, signal);
      grace = setTimeout(die, CLOSE_GRACE_MS);
    });
    child.once('close', die);
    this.send(start);
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Sends a message; one that cannot arrive any more is lost, as `onDeath` is about to tell. */
  send(message: ToEngine): void {
    this.#child.send(message, () => undefined);
  }

  /** Ends the process at once; `onDeath` follows. The reason completes "The engine …". */
  kill(reason: string): void {
    this.#reason ??= reason;
    this.#killChild();
  }
}

function describeExit(code: number | null, signal: NodeJS.Signals | null): string {
  if (signal === 'SIGKILL') {
    return 'was killed (SIGKILL), as the system does when memory runs out';
  }
  return signal ? `was stopped by ${signal}` : `exited with code ${code}`;
}
