import { createHash } from 'node:crypto';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { err, ok, type Result } from '../result.ts';

/** One record of all that must survive a crash: places in logs and what was counted up to them. */
export interface CheckpointStore {
  /** The last record written whole; undefined when there is none. */
  read(): Promise<Result<unknown, string>>;
  /** Replaces the record; after a crash at any moment either the old or the new one stands. */
  write(record: unknown): Promise<void>;
  release(): Promise<void>;
}

const fileName = 'checkpoint.json';

/**
 * A record in a directory of its own. The first line is the checksum of the rest: a torn file is known as such.
 *
 * @returns in words why the directory cannot be used
 */
export async function openCheckpointStore(
  directory: string,
  pid: number,
): Promise<Result<CheckpointStore, string>> {
  const lock = join(directory, 'lock');
  const file = join(directory, fileName);
  const problem = await takeLock(directory, lock, pid);
  if (problem !== undefined) return err(problem);
  return ok({
    read: () => readRecord(file),
    async write(record) {
      const body = JSON.stringify(record);
      const temporary = `${file}.new`;
      const handle = await open(temporary, 'w', 0o600);
      try {
        await handle.writeFile(`${checksum(body)}\n${body}`);
        await handle.sync();
      } finally {
        await handle.close();
      }
      await rename(temporary, file);
      const place = await open(directory, 'r');
      await place.sync().finally(() => place.close());
    },
    release: () => rm(lock, { force: true }),
  });
}

async function readRecord(file: string): Promise<Result<unknown, string>> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => error);
  if (text instanceof Error) {
    return text.code === 'ENOENT' ? ok(undefined) : err(`${file}: ${text.message}`);
  }
  const split = text.indexOf('\n');
  const body = text.slice(split + 1);
  if (split !== -1 && text.slice(0, split) === checksum(body)) return ok(JSON.parse(body));
  const aside = `${file}.broken`;
  await rename(file, aside).catch(() => undefined);
  return err(
    `${file} does not match its checksum; it was set aside as ${aside}, counting begins anew`,
  );
}

/** Two exporters on one directory would each undo what the other wrote. */
async function takeLock(directory: string, lock: string, pid: number): Promise<string | undefined> {
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const holder = Number(await readFile(lock, 'utf8').catch(() => '0'));
    if (holder !== 0 && holder !== pid && isAlive(holder)) {
      return `${directory} is in use by process ${holder}; give each exporter a directory of its own`;
    }
    const handle = await open(lock, 'w');
    await handle.writeFile(String(pid)).finally(() => handle.close());
    return undefined;
  } catch (error) {
    return `${directory} cannot be used: ${(error as Error).message}`;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function checksum(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
