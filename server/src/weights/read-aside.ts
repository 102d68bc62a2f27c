import { MessageChannel, receiveMessageOnPort, Worker } from 'node:worker_threads';
import { READ_ASIDE_WORKER } from '../places.ts';

const STATES = { ASKED: 0, READING: 1, STOPPING: 2, DONE: 3, DROPPED: 4 } as const;
const { ASKED, READING, STOPPING, DONE, DROPPED } = STATES;

interface Answer {
  /** The state of the read, as another view of the same memory. */
  state: Int32Array<SharedArrayBuffer>;
  memory: ArrayBuffer;
  filled: boolean;
}

/** Thread that reads, and where its answers arrive; begun with the first read. */
let thread: { worker: Worker; answers: MessageChannel['port1'] } | undefined;
let lastRead = 0;

/**
 * A part of a file that another thread reads while this one computes. Both of its ends can be waited
 * for without a turn of the event loop, as this thread has none while it computes.
 */
export class AsideRead {
  /** State, and the number of the read, by which its answer is known. */
  readonly #state = new Int32Array(new SharedArrayBuffer(8));
  readonly #number = ++lastRead;
  #isOver = false;

  /**
   * Begins to read.
   *
   * @param descriptor of a file that must stay open until `take` or `stop` has returned
   * @param memory is gone until then
   */
  constructor(descriptor: number, position: number, length: number, memory: ArrayBuffer) {
    this.#state[1] = this.#number;
    thread ??= startThread();
    thread.worker.postMessage({ state: this.#state, descriptor, position, length, memory }, [
      memory,
    ]);
  }

  /** Waits for what has been begun; `undefined` if it had not, or the file did not give it all. */
  take(): ArrayBuffer | undefined {
    const { filled, memory } = this.#end(READING) ?? { filled: false };
    return filled ? memory : undefined;
  }

  /** Ends it: when this returns, nothing reads the file. Doing so again, or after `take`, does nothing. */
  stop(): void {
    this.#end(STOPPING);
  }

  /** @param as the state that it is to go on in if it has been begun */
  #end(as: typeof READING | typeof STOPPING): Answer | undefined {
    if (this.#isOver) return undefined;
    this.#isOver = true;
    if (Atomics.compareExchange(this.#state, 0, ASKED, DROPPED) === ASKED) return undefined;
    Atomics.compareExchange(this.#state, 0, READING, as);
    for (let now = this.#now(); now !== DONE; now = this.#now()) Atomics.wait(this.#state, 0, now);
    return this.#answer();
  }

  #now(): number {
    return Atomics.load(this.#state, 0);
  }

  #answer(): Answer | undefined {
    for (;;) {
      const received = thread && receiveMessageOnPort(thread.answers);
      if (!received) return undefined;
      const answer: Answer = received.message;
      // Those of reads that were given up without being waited for are of no use.
      if (answer.state[1] === this.#number) return answer;
    }
  }
}

function startThread(): NonNullable<typeof thread> {
  const { port1: answers, port2: port } = new MessageChannel();
  const worker = new Worker(READ_ASIDE_WORKER, {
    workerData: { port, states: STATES },
    transferList: [port],
    execArgv: [],
    name: 'loupe reads ahead',
  });
  worker.unref();
  answers.unref();
  // Without it everything is read when it is needed.
  worker.on('error', () => {
    thread = undefined;
  });
  return { worker, answers };
}
