import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { NotAFileError } from './explain-access.ts';

/** Opens a regular file. Without O_NONBLOCK, opening a named pipe would block one of libuv's four threads. */
export async function openRegular(path: string): Promise<FileHandle> {
  const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const stats = await handle.stat();
  if (stats.isFile()) return handle;
  await handle.close();
  throw new NotAFileError(
    stats.isFIFO()
      ? `"${path}" is a named pipe; write "pipe:" in place of "path:"`
      : `"${path}" is ${stats.isDirectory() ? 'a directory' : 'a device'}; name a file`,
  );
}

/** @throws an error that explains why the file at `path` cannot be read */
export async function checkReadable(path: string): Promise<void> {
  const handle = await openRegular(path);
  await handle.close();
}

export async function readAt(handle: FileHandle, start: number, end: number): Promise<Buffer> {
  const bytes = Buffer.alloc(Math.max(0, end - start));
  let at = 0;
  while (at < bytes.length) {
    const { bytesRead } = await handle.read(bytes, at, bytes.length - at, start + at);
    if (bytesRead === 0) break;
    at += bytesRead;
  }
  return bytes.subarray(0, at);
}

const blockBytes = 512 * 1024;

/** Returns the position after the last newline of the first `size` bytes: the end of the last whole line. */
export async function endOfLastLine(
  path: string,
  size = Number.POSITIVE_INFINITY,
): Promise<number> {
  const handle = await openRegular(path);
  try {
    for (let end = Math.min(size, (await handle.stat()).size); end > 0; ) {
      const start = Math.max(0, end - blockBytes);
      const newline = (await readAt(handle, start, end)).lastIndexOf(0x0a);
      if (newline !== -1) return start + newline + 1;
      end = start;
    }
    return 0;
  } finally {
    await handle.close();
  }
}
