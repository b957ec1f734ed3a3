import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { err, messageOf, ok, type Result } from '../result.ts';

/** Reads the whole lines among the last bytes of a file. */
export async function readTail(
  path: string,
  maximumBytes: number,
): Promise<Result<Buffer, string>> {
  try {
    // Without O_NONBLOCK, opening a named pipe would wait for a writer.
    const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const stats = await handle.stat();
      if (!stats.isFile()) return err('is not a regular file');
      const start = Math.max(0, stats.size - maximumBytes);
      const bytes = Buffer.alloc(stats.size - start);
      const { bytesRead } = await handle.read(bytes, 0, bytes.length, start);
      const from = start === 0 ? 0 : bytes.indexOf('\n') + 1;
      return ok(bytes.subarray(from, bytes.lastIndexOf('\n', bytesRead - 1) + 1));
    } finally {
      await handle.close();
    }
  } catch (error) {
    return err(`cannot be read: ${messageOf(error)}`);
  }
}
