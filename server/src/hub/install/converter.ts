import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { LoupeError } from '@loupe/shared';
import { nodeFor, programFile } from '../../places.ts';
import { removePartials } from '../../weights/atomic-file.ts';
import type { FromConverter } from './convert-main.ts';
import type { Conversion, Converted } from './convert-source.ts';

/** How long the process is kept for the next conversion, in milliseconds: it takes a second to start. */
const IDLE_MS = 5000;

/**
 * Converts published dictionaries one at a time, in a process of its own: when memory runs out there, or
 * a conversion is to end at once, nothing else falls with it, and its memory goes back to the system.
 */
export class Converter {
  #child: ChildProcess | undefined;
  #idle: NodeJS.Timeout | undefined;
  #last: Promise<unknown> = Promise.resolve();

  /**
   * Does a conversion when those before it are done.
   *
   * @param signal ends it at once; nothing is left behind
   * @param onProgress told now and then which share is done, 0 to 1
   * @throws LoupeError what is wrong with the files; the signal's reason
   */
  convert(
    conversion: Conversion,
    signal: AbortSignal,
    onProgress: (share: number) => void = () => {},
  ): Promise<Converted> {
    const turn = this.#last.then(() => this.#run(conversion, signal, onProgress));
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  async #run(
    conversion: Conversion,
    signal: AbortSignal,
    onProgress: (share: number) => void,
  ): Promise<Converted> {
    signal.throwIfAborted();
    clearTimeout(this.#idle);
    if (this.#child?.connected !== true) this.#child = start();
    const child = this.#child;
    try {
      return await answer(child, conversion, signal, onProgress);
    } catch (thrown) {
      await this.#end();
      removePartials(conversion.target, child.pid);
      throw thrown;
    } finally {
      this.#idle = setTimeout(() => void this.#end(), IDLE_MS).unref();
      // Waiting for more work is no reason for the program to go on.
      this.#child?.unref();
      this.#child?.channel?.unref();
    }
  }

  async #end(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
}

function start(): ChildProcess {
  const main = programFile('hub/install/convert-main');
  const { execArgv, env } = nodeFor(main);
  return fork(main, [], {
    execArgv,
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: { ...process.env, ...env },
  });
}

function answer(
  child: ChildProcess,
  conversion: Conversion,
  signal: AbortSignal,
  onProgress: (share: number) => void,
): Promise<Converted> {
  return new Promise((resolve, reject) => {
    const settle = (how: () => void) => {
      child.off('message', onMessage).off('error', onError).off('exit', onExit);
      signal.removeEventListener('abort', onAbort);
      how();
    };
    const onMessage = (message: FromConverter) => {
      if (message.type === 'progress') onProgress(message.share);
      else if (message.type === 'done') settle(() => resolve(message.converted));
      else settle(() => reject(LoupeError.fromBody(message.error)));
    };
    const onError = (error: Error) => settle(() => reject(ended(error.message)));
    const onExit = (code: number | null, killedBy: string | null) =>
      settle(() => reject(killedBy === 'SIGKILL' ? outOfMemory() : ended(`${killedBy ?? code}`)));
    const onAbort = () => settle(() => reject(signal.reason));
    child.on('message', onMessage).on('error', onError).on('exit', onExit);
    signal.addEventListener('abort', onAbort);
    child.ref();
    child.channel?.ref();
    // If it cannot arrive any more, `exit` is about to tell.
    child.send(conversion, () => undefined);
  });
}

function outOfMemory(): LoupeError {
  return new LoupeError(
    'LOUPE_OUT_OF_MEMORY',
    'The process that converts dictionaries was killed, as the system does when memory runs out. ' +
      'Close other programs and try again.',
  );
}

function ended(how: string): LoupeError {
  return new LoupeError(
    'LOUPE_INTERNAL',
    `The process that converts dictionaries ended unexpectedly (${how}). Try again.`,
  );
}
