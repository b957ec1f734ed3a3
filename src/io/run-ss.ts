import { type ChildProcess, execFile } from 'node:child_process';
import { err, ok, type Result } from '../result.ts';
import type { Absence } from '../snapshot/absence.ts';

/** 20,000 connections take 10 MB. A larger output is refused, because sums of a part would be wrong. */
const maximumOutputBytes = 64 * 1024 * 1024;
const maximumRunMilliseconds = 5000;

/** With more ports than this, a filter costs more than it saves. */
const maximumFilteredPorts = 32;

/** Debian installs ss in /usr/bin, others in /usr/sbin, which a user's PATH may not contain. */
const systemPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** Runs `ss` and returns its output. */
export type RunSs = (args: readonly string[]) => Promise<Result<Uint8Array, Absence>>;

export interface Ss {
  readonly run: RunSs;
  /** Ends what is running, and starts nothing more. A process that hangs would outlive the exporter. */
  close(): void;
}

/**
 * `ss` of iproute2 reads from the kernel through sock_diag, a netlink socket that Node.js cannot open. It needs no
 * privileges and shows the network namespace in which it runs.
 *
 * @param path the directories in which it is looked for
 */
export function createSs(path = systemPath): Ss {
  const running = new Set<ChildProcess>();
  let isClosed = false;
  const run: RunSs = (args) =>
    new Promise((resolve) => {
      if (isClosed) {
        resolve(err({ kind: 'unreadable', subject: 'ss', detail: 'the exporter is ending' }));
        return;
      }
      try {
        const child = execFile('ss', [...args], executionOptions(path), (error, stdout) => {
          running.delete(child);
          resolve(error === null ? ok(stdout) : err(ssAbsence(error)));
        });
        running.add(child);
      } catch (error) {
        // Node.js calls back for some errors of the system only. It throws for ENOMEM, or EPERM of a seccomp filter.
        resolve(err(ssAbsence(error instanceof Error ? error : new Error(String(error)))));
      }
    });
  return {
    run,
    close() {
      isClosed = true;
      for (const child of running) child.kill('SIGKILL');
    },
  };
}

function executionOptions(path: string) {
  return {
    encoding: 'buffer',
    maxBuffer: maximumOutputBytes,
    timeout: maximumRunMilliseconds,
    killSignal: 'SIGKILL',
    env: { PATH: path, LC_ALL: 'C' },
    windowsHide: true,
  } as const;
}

/**
 * Arguments for the sockets of some local ports, one line each: `t`cp, `i`nternal figures, `n`umeric, `e`xtended
 * (inode, cgroup), `a`ll states, no `H`eader, `O`ne line.
 */
export function socketArguments(ports: ReadonlySet<number>): readonly string[] {
  const filter = [...ports].map((port) => `sport = :${port}`).join(' or ');
  return ports.size > maximumFilteredPorts ? ['-tineaHO'] : ['-tineaHO', `( ${filter} )`];
}

/** Arguments for all listening sockets. */
export const listenerArguments: readonly string[] = ['-tlneHO'];

function ssAbsence(error: Error & { code?: unknown; killed?: boolean }): Absence {
  if (error.code === 'ENOENT') {
    const detail = 'it is not installed; install iproute2 to see what each connection does';
    return { kind: 'not_found', subject: 'ss', detail };
  }
  const cause = error.killed === true ? 'it did not end in time' : error.message;
  return { kind: 'unreadable', subject: 'ss', detail: cause.trim().slice(0, 300) };
}
