import { readdirSync, readFileSync } from 'node:fs';

/**
 * The living processes of a process group, from /proc. Zombies are left out: in a container whose first process
 * reaps nobody, the killed children of a killed server stay zombies for ever.
 */
export function listProcessGroup(group: number): readonly number[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .map(Number)
    .filter((pid) => isLivingMember(pid, group));
}

/** Whether SIGSTOP has taken effect: until then a process goes on with what it does. */
export function isStopped(pid: number): boolean {
  return stateOf(readStat(pid))[0] === 'T';
}

/** Signals each process of the group; a group that is gone is no error. */
export function signalGroup(group: number, signal: NodeJS.Signals): void {
  send(-group, signal);
}

export function signalProcess(pid: number, signal: NodeJS.Signals): void {
  send(pid, signal);
}

function send(target: number, signal: NodeJS.Signals): void {
  try {
    process.kill(target, signal);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

/** proc(5): "pid (comm) state ppid pgrp …"; comm may itself hold spaces and parentheses. */
function isLivingMember(pid: number, group: number): boolean {
  const [state, , processGroup] = stateOf(readStat(pid));
  return Number(processGroup) === group && state !== 'Z' && state !== 'X';
}

function stateOf(stat: string): readonly string[] {
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

/** Empty when the process has ended since /proc was listed. */
function readStat(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'latin1');
  } catch {
    return '';
  }
}
