import type { PickleValue } from './pickle-values.ts';

/** What calls have from the machine that makes them. */
export interface CallContext {
  /** Accounts for work that grows with the arguments, and ends what is too much of it. */
  spend(work: number): void;
}

/** What a listed callable would give. `undefined` for arguments that do not fit it. */
export type Call = (args: readonly PickleValue[], context: CallContext) => PickleValue | undefined;
