import type { BackendInfo } from '@loupe/shared';
import type { CheckResult } from './run-table.ts';

/** What `loupe verify` found; `--json` prints it. */
export interface VerifyReport {
  loupe: string;
  date: string;
  model: string;
  backend: BackendInfo;
  /** True if it was stopped before the end. */
  interrupted: boolean;
  passed: number;
  failed: number;
  notRun: number;
  checks: CheckResult[];
}
