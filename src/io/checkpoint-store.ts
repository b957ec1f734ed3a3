import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { err, ok, type Result } from '../result.ts';
import { lockDirectory } from './directory-lock.ts';
import { errorCode } from './explain-access.ts';
import { readRegularFile } from './read-own-file.ts';

/** Stores one record of all that must survive a crash: the places in logs, and the totals up to them. */
export interface CheckpointStore {
  /** Returns the last record that was written completely, or undefined if there is none. */
  read(): Promise<Result<unknown, string>>;
  /** Replaces the record. After a crash at any moment, either the old or the new record is there. */
  write(record: unknown): Promise<void>;
  /** False if the directory or its lock was removed or taken by another exporter. Then open the store again. */
  isHeld(): Promise<boolean>;
  release(): Promise<void>;
}

const fileName = 'checkpoint.json';

/** More than any record has. A larger file is something else, and would not fit into memory. */
const maximumRecordBytes = 256 * 1024 * 1024;

/** A named pipe in place of the file would block a thread, which no signal could end; with O_NONBLOCK it is an error. */
const forReplacing =
  constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | constants.O_NONBLOCK;

/**
 * Opens the store in a directory of its own. The first line of its file is the checksum of the rest, so that an
 * incomplete file is detected.
 *
 * @param owner describes this process in the error message of another exporter that opens the same directory
 * @returns the store, or a message why the directory cannot be used
 */
export async function openCheckpointStore(
  directory: string,
  owner: string,
): Promise<Result<CheckpointStore, string>> {
  const lock = await lockDirectory(directory, owner);
  if (!lock.ok) return lock;
  const file = join(directory, fileName);
  return ok({
    read: () => readRecord(file),
    async write(record) {
      if (!(await lock.value.isHeld())) {
        throw new Error(`the lock of ${directory} was removed or taken by another exporter`);
      }
      const body = JSON.stringify(record);
      await replaceFile(file, `${checksum(body)}\n${body}`);
      const place = await open(directory, constants.O_RDONLY | constants.O_DIRECTORY);
      await place.sync().finally(() => place.close());
    },
    isHeld: () => lock.value.isHeld(),
    release: () => lock.value.release(),
  });
}

async function replaceFile(file: string, text: string): Promise<void> {
  const temporary = `${file}.new`;
  try {
    const handle = await open(temporary, forReplacing, 0o600);
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
  } catch (error) {
    // On a full disk an incomplete file would take the space that the next attempt needs.
    await rm(temporary, { force: true }).catch(() => undefined);
    throw error;
  }
}

async function readRecord(file: string): Promise<Result<unknown, string>> {
  const bytes = await readRegularFile(file, maximumRecordBytes).catch((error: unknown) =>
    error instanceof Error ? error : new Error(String(error)),
  );
  if (bytes instanceof Error) {
    return errorCode(bytes) === 'ENOENT' ? ok(undefined) : err(`${file}: ${bytes.message}`);
  }
  const text = bytes.toString('utf8');
  const split = text.indexOf('\n');
  const body = text.slice(split + 1);
  if (split !== -1 && text.slice(0, split) === checksum(body)) return parseJson(file, body);
  const aside = `${file}.broken`;
  await rename(file, aside).catch(() => undefined);
  return err(
    `${file} does not match its checksum; it was renamed to ${aside}, and the counters restart at zero`,
  );
}

function parseJson(file: string, body: string): Result<unknown, string> {
  try {
    return ok(JSON.parse(body));
  } catch (error) {
    return err(`${file} is not JSON: ${String(error)}; the counters restart at zero`);
  }
}

function checksum(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
