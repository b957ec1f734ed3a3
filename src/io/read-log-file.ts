import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import type { LineConsumer } from '../parse/split-lines.ts';
import { createLineSplitter } from '../parse/split-lines.ts';
import { err, messageOf, ok, type Result } from '../result.ts';
import { errorCode, isDenied } from './explain-access.ts';
import { openRegular } from './open-regular.ts';

const gzipMagic = Buffer.from([0x1f, 0x8b]);
const newline = Buffer.from('\n');
const chunkBytes = 256 * 1024;

/**
 * Hands on each line of a whole log file, plain or gzip.
 *
 * @param onBytes called with the number of bytes of the file that have been read so far
 * @returns a message why the file cannot be read, if it cannot
 */
export async function readLogFile(
  path: string,
  consume: LineConsumer,
  onBytes: (bytes: number) => void = () => undefined,
): Promise<Result<void, string>> {
  const lines = createLineSplitter();
  try {
    const gzip = await isGzip(path);
    const bytes = createReadStream(path, { highWaterMark: chunkBytes });
    const split = async (chunks: AsyncIterable<Buffer>): Promise<void> => {
      for await (const chunk of chunks) {
        lines.push(chunk, consume);
        onBytes(bytes.bytesRead);
      }
    };
    await (gzip ? pipeline(bytes, createGunzip(), split) : pipeline(bytes, split));
    // The last line may lack its newline. It may be complete, so it is handed on too.
    if (lines.pending() > 0) lines.push(newline, consume);
    return ok(undefined);
  } catch (error) {
    return err(`${path}: cannot be read: ${describeReadError(error)}`);
  }
}

/** Plain words for the usual errors; the system's own message would repeat the path. */
export function describeReadError(error: unknown): string {
  if (isDenied(error)) {
    return 'permission denied; run the command as root or as a user of the group of the log (adm on Debian)';
  }
  if (errorCode(error) === 'ENOENT') return 'there is no such file';
  return messageOf(error);
}

async function isGzip(path: string): Promise<boolean> {
  const file = await openRegular(path);
  try {
    const { buffer } = await file.read(Buffer.alloc(2), 0, 2, 0);
    return buffer.equals(gzipMagic);
  } finally {
    await file.close();
  }
}
