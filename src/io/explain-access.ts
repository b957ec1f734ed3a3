import { constants } from 'node:fs';
import { access, readFile, realpath, stat } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { dirname } from 'node:path';
import { messageOf } from '../result.ts';
import type { SourceCondition } from '../snapshot/log-source.ts';
import { raiseOpenFiles } from './open-files-limit.ts';

/** The path of a log is a directory, a named pipe or a device. */
export class NotAFileError extends Error {
  readonly code = 'NOT_A_FILE';
}

export function errorCode(error: unknown): string | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : undefined;
}

export function isDenied(error: unknown): boolean {
  const code = errorCode(error);
  return code === 'EACCES' || code === 'EPERM';
}

/** Explains why a path cannot be opened or checked, and what to do. */
export async function explainAccess(path: string, error: unknown): Promise<SourceCondition> {
  switch (errorCode(error)) {
    case 'EACCES':
    case 'EPERM':
      return { reason: 'permission_denied', remedy: await explainDenied(path) };
    case 'ENOENT':
      return { reason: 'waiting_for_file', remedy: await explainMissing(path) };
    case 'NOT_A_FILE':
      return { reason: 'not_a_file', remedy: messageOf(error) };
    case 'ENOTDIR':
      return { reason: 'not_a_file', remedy: `"${dirname(path)}" is not a directory` };
    case 'ELOOP':
      return {
        reason: 'not_a_file',
        remedy: `"${path}" is a loop of symbolic links; point it to the log`,
      };
    case 'EMFILE':
      return {
        reason: 'cannot_open',
        remedy: `cannot open "${path}": the process has too many files open; ${raiseOpenFiles}`,
      };
    default:
      return {
        reason: 'cannot_open',
        remedy: `cannot open "${path}": ${messageOf(error)}`,
      };
  }
}

async function explainMissing(path: string): Promise<string> {
  const directory = dirname(path);
  const there = await stat(directory).catch(() => undefined);
  return there === undefined
    ? `the directory "${directory}" does not exist; check the path or mount it`
    : `"${path}" does not exist; check the path, or wait for the server to create it`;
}

/** Names the first part of the path that denies access, and the group that has access. */
async function explainDenied(path: string): Promise<string> {
  const place = await firstClosed(await realpath(path).catch(() => path));
  const stats = await stat(place).catch(() => undefined);
  const user = userName();
  if (stats === undefined) return `"${place}" denies access to user ${user}`;
  const needed = stats.isDirectory() ? 0o050 : 0o040;
  const mode = (stats.mode & 0o7777).toString(8).padStart(4, '0');
  const group = await groupName(stats.gid);
  const what = `"${place}" (mode ${mode}, group ${group}) denies access to user ${user}`;
  if ((stats.mode & needed) === needed && stats.gid !== 0) {
    return `${what}: add the user to the group, "usermod -aG ${group} ${user}", and restart the exporter (gid ${stats.gid} for containers)`;
  }
  const rights = stats.isDirectory() ? 'rx' : 'r';
  return `${what}: grant read access, "setfacl -m u:${user}:${rights} ${place}"`;
}

async function firstClosed(path: string): Promise<string> {
  const parts = path.split('/').slice(1, -1);
  for (const [index] of parts.entries()) {
    const directory = `/${parts.slice(0, index + 1).join('/')}`;
    const isOpen = await access(directory, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (!isOpen) return directory;
  }
  // No such file: the path is a pattern whose directory cannot be listed.
  return (await stat(path).catch(() => undefined)) === undefined ? dirname(path) : path;
}

/** The user id if the user has no name, which is common in containers. */
function userName(): string {
  const uid = process.geteuid?.() ?? 0;
  try {
    const { uid: own, username } = userInfo();
    return own === uid ? username : String(uid);
  } catch {
    return String(uid);
  }
}

async function groupName(gid: number): Promise<string> {
  const table = await readFile('/etc/group', 'utf8').catch(() => '');
  const line = table.split('\n').find((entry) => entry.split(':')[2] === String(gid));
  return line?.split(':')[0] ?? String(gid);
}
