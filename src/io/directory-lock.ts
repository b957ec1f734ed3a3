import { randomBytes } from 'node:crypto';
import { link, mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { dirname, join } from 'node:path';
import { err, ok, type Result } from '../result.ts';
import { errorCode } from './explain-access.ts';

export interface DirectoryLock {
  /** False when somebody has removed or replaced it: then nothing more may be written. */
  isHeld(): Promise<boolean>;
  release(): Promise<void>;
}

const lockName = 'lock';
const mostAttempts = 5;
const answerMilliseconds = 500;

/**
 * A lock that ends with its process, however that ends: a socket in the directory on which the holder listens. Who
 * can connect knows that the holder lives. Unlike a process id this holds between containers that share a volume, for
 * sockets in the file system belong to no PID or network namespace. It does not hold between two hosts.
 *
 * @param owner what others are told about the holder, such as "process 1 on web1"
 * @returns in words why the directory cannot be had
 */
export async function lockDirectory(
  directory: string,
  owner: string,
): Promise<Result<DirectoryLock, string>> {
  try {
    await makeDirectory(directory);
    const handle = await open(directory, 'r');
    // The address of a socket has room for 107 bytes, a path may be longer.
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
    // Of the own name: the lock's name may be another's a moment after it was taken (removeStale).
    const { ino } = await stat(join(directory, own));
    for (let attempt = 0; attempt < mostAttempts; attempt++) {
      if (await isLinked(join(directory, own), join(directory, lockName))) {
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
  /** Of the socket that was given the lock's name. */
  readonly ino: number;
}

function holdLock(server: Server, { directory, ino }: HeldLock): DirectoryLock {
  const path = join(directory, lockName);
  const isHeld = async () => (await stat(path).catch(() => undefined))?.ino === ino;
  return {
    isHeld,
    async release() {
      if (await isHeld()) await rm(path, { force: true });
      server.close();
    },
  };
}

/** Only one of several can give the name to its socket. */
async function isLinked(own: string, lock: string): Promise<boolean> {
  try {
    await link(own, lock);
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  }
}

/** Moved away before it is removed: another may have put its own lock there since we looked. */
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
  if (holder !== undefined) await isLinked(moved, join(directory, lockName));
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

/** What the holder says of itself; undefined when nobody listens any more. */
function askHolder(address: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    let text = '';
    const socket = connect(address);
    const answer = () => {
      socket.destroy();
      resolve(text === '' ? 'a process that does not answer' : text);
    };
    socket.setTimeout(answerMilliseconds, answer);
    socket.on('data', (chunk) => {
      text += chunk.toString().slice(0, 200);
    });
    socket.once('end', answer);
    socket.once('error', (error) => {
      const isGone = ['ECONNREFUSED', 'ENOENT', 'ENOTSOCK'].includes(errorCode(error) ?? '');
      resolve(isGone ? undefined : `a process of another user (${describe(error)})`);
    });
  });
}

/** Not mkdir's own `recursive`: below /proc that tries for ever, in a thread that no signal ends. */
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

/** The same words for the same obstacle: the name of our own socket is another with each try. */
function describe(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.replace(/lock\.[0-9a-f]{12}/, lockName);
}
