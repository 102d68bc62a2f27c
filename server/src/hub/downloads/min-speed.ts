/** Bytes that must arrive in each window of time. */
const MIN_BYTES = 16 * 1024;

/**
 * Passes a stream on, and breaks it off when hardly anything comes: of a connection that merely
 * trickles a new one is usually better, and nothing is lost by it.
 *
 * @param windowMs how long fewer than 16 KiB may arrive, in milliseconds
 * @throws Error when the stream is too slow
 */
export async function* withMinSpeed(
  stream: AsyncIterable<Buffer> & { destroy(error: Error): unknown },
  windowMs: number,
): AsyncGenerator<Buffer, void> {
  let arrived = 0;
  let waiting = false;
  const watch = setInterval(() => {
    // A reader that is busy with what it has is not the sender's fault.
    if (waiting && arrived < MIN_BYTES) {
      stream.destroy(new Error(`fewer than ${MIN_BYTES} bytes in ${windowMs / 1000} s`));
    }
    arrived = 0;
  }, windowMs);
  try {
    waiting = true;
    for await (const slice of stream) {
      waiting = false;
      arrived += slice.length;
      yield slice;
      waiting = true;
    }
  } finally {
    clearInterval(watch);
  }
}
