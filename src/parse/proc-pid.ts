import { parseCount } from './number.ts';

export interface ProcessStat {
  /** `R`, `S`, `D`, `Z`, `T` (stopped), `t` (traced), ... */
  readonly state: string;
  readonly parentPid: number;
  readonly residentPages: number;
}

/**
 * One line of /proc/PID/stat (proc(5)): `812 (apache2) S 1 ...`. The name may contain spaces and parentheses, so fields
 * are counted from the last closing parenthesis: state is the third of all fields, ppid the fourth, rss the 24th.
 */
export function parseProcessStat(text: string): ProcessStat | undefined {
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const [state] = fields;
  const parentPid = parseCount(fields[1] ?? '');
  const residentPages = parseCount(fields[21] ?? '');
  if (state === undefined || parentPid === undefined || residentPages === undefined) {
    return undefined;
  }
  return { state, parentPid, residentPages };
}

/** Bytes of `Pss:` of /proc/PID/smaps_rollup: the memory of the process, with shared pages divided by their users. */
export function parseRollup(text: string): number | undefined {
  const kilobytes = parseCount(/^Pss:\s+(\d+) kB$/m.exec(text)?.[1] ?? '');
  return kilobytes === undefined ? undefined : kilobytes * 1024;
}

/** The soft limit of `Max open files` of /proc/PID/limits; undefined for `unlimited`. */
export function parseOpenFilesLimit(text: string): number | undefined {
  return parseCount(/^Max open files\s+(\S+)/m.exec(text)?.[1] ?? '');
}
