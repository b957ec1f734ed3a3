import { execFile } from 'node:child_process';
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

/**
 * `ss` of iproute2 reads from the kernel through sock_diag, a netlink socket that Node.js cannot open. It needs no
 * privileges and shows the network namespace in which it runs.
 */
export const runSs: RunSs = (args) =>
  new Promise((resolve) => {
    execFile(
      'ss',
      [...args],
      {
        encoding: 'buffer',
        maxBuffer: maximumOutputBytes,
        timeout: maximumRunMilliseconds,
        killSignal: 'SIGKILL',
        env: { PATH: systemPath, LC_ALL: 'C' },
        windowsHide: true,
      },
      (error, stdout) => resolve(error === null ? ok(stdout) : err(ssAbsence(error))),
    );
  });

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
