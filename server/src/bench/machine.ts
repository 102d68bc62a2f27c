import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';

/** What a bench ran on. */
export interface MachineInfo {
  cpu: string;
  cores: number;
  memoryBytes: number;
  /** Load average of the last minute when the bench began; 0 where the system keeps none. */
  load: number;
  platform: string;
  node: string;
}

/** This machine, as it is now. */
export function machineInfo(): MachineInfo {
  return {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    memoryBytes: totalmem(),
    load: loadavg()[0] as number,
    platform: `${process.platform} ${process.arch}`,
    node: process.versions.node,
  };
}
