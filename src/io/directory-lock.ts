import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { link, mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { dirname, join } from 'node:path';
import { err, messageOf, ok, type Result } from '../result.ts';
import { errorCode } from './explain-access.ts';

export interface DirectoryLock {
  /** False if the lock was removed or replaced. Then nothing more may be written. */
  isHeld(): Promise<boolean>;
  release(): Promise<void>;
}

const lockName = 'lock';
const maximumAttempts = 5;
const answerMilliseconds = 500;
const maximumOwnerLength = 200;

/**
 * Locks a directory until the process ends, even by `kill -9`. The lock is a socket in the directory. The holder listens
 * on it, so if a connection succeeds, the holder is alive. Unlike a file with a process id, it works between containers
 * that share a volume, because sockets in the file system are independent of PID and network namespaces. It does not
 * work between two hosts.
 *
 * @param owner describes the holder in the error messages of other processes, such as "process 1 on web1"
 * @returns the lock, or a message why the directory cannot be locked
 */
export async function lockDirectory(
  directory: string,
  owner: string,
): Promise<Result<DirectoryLock, string>> {
  try {
    await makeDirectory(directory);
    // Opening a named pipe would wait for a writer, in a thread that no signal can end.
    const handle = await open(directory, constants.O_RDONLY | constants.O_DIRECTORY);
    // The address of a socket is limited to 107 bytes. A path may be longer.
    const base = directory.length < 70 ? directory : `/proc/self/fd/${handle.fd}`;
    try {
      return await takeLock(base, { directory, owner });
    } finally {
      await handle.close();
    }
  } catch (error) {
    return err(`${directory} cannot be used: ${describe(error)}`);
  }
}

interface LockSubject {
  readonly directory: string;
  readonly owner: string;
}

async function takeLock(
  base: string,
  { directory, owner }: LockSubject,
): Promise<Result<DirectoryLock, string>> {
  const own = `lock.${randomBytes(6).toString('hex')}`;
  const server = await listenAt(join(base, own), owner);
  try {
    // The inode of our own name: another process may move the lock away at any time (removeStale).
    const { ino } = await stat(join(directory, own));
    for (let attempt = 0; attempt < maximumAttempts; attempt++) {
      if (await tryLink(join(directory, own), join(directory, lockName))) {
        return ok(holdLock(server, { directory, ino }));
      }
      const holder = await askHolder(join(base, lockName));
      if (holder !== undefined) {
        server.close();
        return err(
          `${directory} is in use by ${holder}; give each exporter a directory of its own`,
        );
      }
      await removeStale(base, directory);
    }
    server.close();
    return err(
      `${directory} cannot be used: other exporters are taking its lock; start one at a time`,
    );
  } catch (error) {
    server.close();
    throw error;
  } finally {
    await rm(join(directory, own), { force: true });
  }
}

interface HeldLock {
  readonly directory: string;
  /** Inode of the socket that has the name of the lock. */
  readonly ino: number;
}

function holdLock(server: Server, { directory, ino }: HeldLock): DirectoryLock {
  const path = join(directory, lockName);
  const isHeld = async () => (await stat(path).catch(() => undefined))?.ino === ino;
  return {
    isHeld,
    async release() {
      // Without its listener the lock is free, also in a directory that has become read-only.
      if (await isHeld()) await rm(path, { force: true }).catch(() => undefined);
      server.close();
    },
  };
}

/** Gives the name of the lock to our socket. Of several processes only one succeeds. */
async function tryLink(own: string, lock: string): Promise<boolean> {
  try {
    await link(own, lock);
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  }
}

/**
 * Removes the lock of a process that has ended. It is renamed and checked again first: another process may have locked
 * the directory meanwhile. Then its lock is put back.
 */
async function removeStale(base: string, directory: string): Promise<void> {
  const name = `lock.stale.${randomBytes(6).toString('hex')}`;
  const moved = join(directory, name);
  try {
    await rename(join(directory, lockName), moved);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return;
    throw error;
  }
  const holder = await askHolder(join(base, name));
  if (holder !== undefined) await tryLink(moved, join(directory, lockName));
  await rm(moved, { force: true });
}

async function listenAt(address: string, owner: string): Promise<Server> {
  const server = createServer((socket) => socket.on('error', () => undefined).end(owner));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(address, resolve);
  });
  server.on('error', () => undefined);
  // The lock must not keep the process alive.
  return server.unref();
}

/** Returns how the holder describes itself, or undefined if no process listens any more. */
function askHolder(address: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    let text = '';
    const socket = connect(address);
    const answer = () => {
      clearTimeout(timer);
      socket.destroy();
      resolve(text === '' ? 'a process that does not answer' : text);
    };
    const timer = setTimeout(answer, answerMilliseconds);
    socket.on('data', (chunk) => {
      text = (text + chunk.toString()).slice(0, maximumOwnerLength);
    });
    socket.once('end', answer);
    socket.on('error', (error) => {
      clearTimeout(timer);
      const isGone = ['ECONNREFUSED', 'ENOENT', 'ENOTSOCK'].includes(errorCode(error) ?? '');
      resolve(isGone ? undefined : `a process of another user (${describe(error)})`);
    });
  });
}

/** mkdir's own `recursive` never ends below /proc, in a thread that no signal can stop. */
async function makeDirectory(directory: string): Promise<void> {
  try {
    await mkdir(directory, { mode: 0o700 });
  } catch (error) {
    const code = errorCode(error);
    if (code === 'EEXIST') return;
    if (code !== 'ENOENT' || dirname(directory) === directory) throw error;
    await makeDirectory(dirname(directory));
    await mkdir(directory, { mode: 0o700 });
  }
}

/** Replaces the random name of our socket, so that the same error has the same message at each attempt. */
function describe(error: unknown): string {
  const text = messageOf(error);
  return text.replace(/lock\.[0-9a-f]{12}/, lockName);
}
