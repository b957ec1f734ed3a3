import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { Socket } from 'node:net';
import { present } from '../present.ts';

/** Ten thousand targets take 2 MB. Finding every problem of a larger file that is something else takes minutes. */
const maximumOwnFileBytes = 4 * 1024 * 1024;

/**
 * The text of a file that a person named. A pipe is allowed too, as in `--config.file=<(make-config)`. It is read
 * through a socket: a thread that waits for the writer of a pipe cannot be stopped, and would keep the process from
 * exiting at SIGTERM.
 *
 * @param signal ends the wait for the writer of a pipe
 * @throws an error that explains why it cannot be read
 */
export async function readOwnFile(path: string, signal?: AbortSignal): Promise<string> {
  const stats = await stat(path);
  if (!stats.isFIFO()) return (await readRegularFile(path, maximumOwnFileBytes)).toString('utf8');
  try {
    return await readPipe(path, signal);
  } catch (error) {
    if (signal?.aborted !== true) throw error;
    throw new Error(`"${path}" is a named pipe, and its writer did not write and close it in time`);
  }
}

/**
 * Reads a file synchronously. For files that are read again and again, so a pipe is refused: its text comes only once.
 *
 * @throws an error that explains why it cannot be read
 */
export function readOwnFileSync(path: string): Buffer {
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    if (!fstatSync(fd).isFile()) throw notAFile(path);
    return readFileSync(fd);
  } finally {
    closeSync(fd);
  }
}

/**
 * The bytes of a file that is read again and again while the exporter serves. It must be a regular file: reading would
 * wait for the writer of a pipe, and a device has no end.
 *
 * @throws an error that explains why it cannot be read
 */
export async function readRegularFile(path: string, maximumBytes: number): Promise<Buffer> {
  const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const stats = await handle.stat();
    if (!stats.isFile()) throw notAFile(path);
    if (stats.size > maximumBytes) throw tooLarge(path, stats.size, maximumBytes);
    return await handle.readFile();
  } finally {
    await handle.close();
  }
}

function tooLarge(path: string, size: number, maximum: number): Error {
  return new Error(`"${path}" has ${size} bytes; want at most ${maximum}`);
}

function notAFile(path: string): Error {
  return new Error(`"${path}" is not a regular file; name a file`);
}

async function readPipe(path: string, signal: AbortSignal | undefined): Promise<string> {
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const socket = new Socket({ fd, readable: true, writable: false, ...present({ signal }) });
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of socket) {
    size += chunk.length;
    if (size > maximumOwnFileBytes) throw tooLarge(path, size, maximumOwnFileBytes);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
