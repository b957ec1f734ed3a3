import { execFile } from 'node:child_process';
import { err, ok, type Result } from '../result.ts';
import type { Absence } from '../snapshot/absence.ts';

/** 20,000 connections take 10 MB; what is larger is refused rather than cut, because no sum would be right. */
const longestOutput = 64 * 1024 * 1024;
const longestRunMilliseconds = 5000;

/** More ports than this make the filter costlier than what it saves. */
const mostFilteredPorts = 32;

/** Debian keeps ss in /usr/bin, others in /usr/sbin, which is not in every PATH of a user. */
const systemPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** Runs `ss` with some arguments and yields what it printed. */
export type RunSs = (args: readonly string[]) => Promise<Result<Uint8Array, Absence>>;

/**
 * `ss` of iproute2 asks the kernel over sock_diag, a netlink socket that Node.js cannot open. It needs no privilege and
 * shows the network namespace it runs in.
 */
export const runSs: RunSs = (args) =>
  new Promise((resolve) => {
    execFile(
      'ss',
      [...args],
      {
        encoding: 'buffer',
        maxBuffer: longestOutput,
        timeout: longestRunMilliseconds,
        killSignal: 'SIGKILL',
        env: { PATH: systemPath, LC_ALL: 'C' },
        windowsHide: true,
      },
      (error, stdout) => resolve(error === null ? ok(stdout) : err(ssAbsence(error))),
    );
  });

/**
 * All sockets of some local ports, one line each: `t`cp, `i`nternal figures, `n`umeric, `e`xtended (inode, cgroup),
 * `a`ll states, no `H`eader, `O`ne line.
 */
export function socketArguments(ports: ReadonlySet<number>): readonly string[] {
  const filter = [...ports].map((port) => `sport = :${port}`).join(' or ');
  return ports.size > mostFilteredPorts ? ['-tineaHO'] : ['-tineaHO', `( ${filter} )`];
}

/** All listening sockets. */
export const listenerArguments: readonly string[] = ['-tlneHO'];

function ssAbsence(error: Error & { code?: unknown; killed?: boolean }): Absence {
  if (error.code === 'ENOENT') {
    const detail = 'it is not installed; install iproute2 to see what each connection does';
    return { kind: 'not_found', subject: 'ss', detail };
  }
  const cause = error.killed === true ? 'it did not end in time' : error.message;
  return { kind: 'unreadable', subject: 'ss', detail: cause.trim().slice(0, 300) };
}
