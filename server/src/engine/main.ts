/**
 * The engine process: owns the tensors and answers the HTTP process that forked it. Everything it
 * is told and everything it says is in `protocol.ts`.
 */
import { toLoupeError } from '@loupe/shared';
import { listenToDebug } from '../debug-log.ts';
import type { FromEngine, HandlerModule, StartMessage, ToEngine } from './protocol.ts';
import { Scheduler } from './scheduler.ts';

if (process.send === undefined)
  throw new Error('The engine is started by the server, not by hand.');

// Ctrl-C and service managers signal the whole group. The server decides when the engine ends.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => undefined);
process.on('disconnect', () => process.exit());

let scheduler: Scheduler | undefined;

process.on('message', (message: ToEngine) => {
  if (message.type === 'start') void start(message);
  else if (message.type === 'run') scheduler?.run(message);
  else if (message.type === 'pull') scheduler?.pull(message.id, message.credits);
  else scheduler?.cancel(message.id);
});

async function start(message: StartMessage): Promise<void> {
  try {
    if (message.debug) {
      listenToDebug((text, fields) => {
        void send({ type: 'log', level: 'debug', message: text, fields });
      });
    }
    const module: HandlerModule = await import(message.handlers);
    const { handlers, backend } = await module.createHandlers(message.options);
    const { stallMs, heartbeatMs } = message;
    scheduler = new Scheduler({ handlers, send, stallMs, heartbeatMs });
    await send({ type: 'ready', backend });
  } catch (thrown) {
    console.error(thrown);
    const { code, message } = toLoupeError(thrown);
    await send({ type: 'refused', error: { code, message } });
    process.exit(1);
  }
}

async function send(message: FromEngine): Promise<void> {
  await new Promise<void>((resolve) => {
    // An error here means that the server is gone; `disconnect` ends the process.
    process.send?.(message, undefined, undefined, () => resolve());
  });
}
