import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

interface Process {
  pid: number;
  parent: number;
  command: string;
}

/** Process id of the engine of a server; undefined before it has been started. */
export function enginePid(server: number): number | undefined {
  const processes = process.platform === 'linux' ? fromProc() : fromPs();
  return processes.find(
    ({ parent, command }) => parent === server && /engine[/\\]main\.js/.test(command),
  )?.pid;
}

/** Without `ps`, which small images lack. */
function fromProc(): Process[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const command = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ');
        const status = readFileSync(`/proc/${name}/status`, 'utf8');
        return [
          { pid: Number(name), parent: Number(/^PPid:\s*(\d+)/m.exec(status)?.[1]), command },
        ];
      } catch {
        // It has ended in the meantime.
        return [];
      }
    });
}

function fromPs(): Process[] {
  const lines = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,command='], { encoding: 'utf8' });
  return lines.split('\n').flatMap((line) => {
    const [, pid, parent, command = ''] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
    return pid === undefined ? [] : [{ pid: Number(pid), parent: Number(parent), command }];
  });
}
