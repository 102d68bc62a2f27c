import { stopWith } from './launch-error.mjs';
import { prepare } from './prepare.mjs';
import { projectRoot } from './project-root.mjs';

/** Does all that has to be done before the first start, so that the start itself needs no network. */
export async function build() {
  try {
    await prepare(projectRoot, { client: true, server: true, tensorflow: true, retry: true });
  } catch (thrown) {
    stopWith(thrown);
  }
}
