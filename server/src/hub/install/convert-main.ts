/** The process that converts: see `converter.ts`. */
import { type ErrorBody, toLoupeError } from '@loupe/shared';
import { type Conversion, type Converted, convertSource } from './convert-source.ts';

/** What the process says. A conversion ends with `done` or `failed`. */
export type FromConverter =
  | { type: 'progress'; share: number }
  | { type: 'done'; converted: Converted }
  | { type: 'failed'; error: ErrorBody };

if (process.send === undefined) throw new Error('This is started by the converter, not by hand.');

const say = (message: FromConverter) => process.send?.(message, undefined, undefined, () => {});

// Ctrl-C goes to the whole group: whoever started this decides when it ends.
process.on('SIGINT', () => undefined);
process.on('disconnect', () => process.exit());
process.on('message', (conversion: Conversion) => {
  try {
    const progress = (share: number) => say({ type: 'progress', share });
    say({ type: 'done', converted: convertSource(conversion, progress) });
  } catch (thrown) {
    say({ type: 'failed', error: toLoupeError(thrown).toBody() });
  }
});
