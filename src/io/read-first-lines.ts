import { constants, gunzipSync } from 'node:zlib';
import { openRegular } from './open-regular.ts';

const headBytes = 64 * 1024;
const gzipMagic = [0x1f, 0x8b];

/** The first lines of a log file, plain or gzip. None if it cannot be read: reading the whole file reports why. */
export async function readFirstLines(path: string): Promise<readonly Buffer[]> {
  try {
    const head = await readHead(path);
    const isGzip = gzipMagic.every((byte, at) => head[at] === byte);
    // The first bytes of a gzip file are incomplete data, which Z_SYNC_FLUSH accepts.
    const text = isGzip ? gunzipSync(head, { finishFlush: constants.Z_SYNC_FLUSH }) : head;
    return linesOf(text);
  } catch {
    return [];
  }
}

async function readHead(path: string): Promise<Buffer> {
  const file = await openRegular(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(headBytes), 0, headBytes, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

function linesOf(text: Buffer): readonly Buffer[] {
  const lines: Buffer[] = [];
  for (let start = 0; start < text.length; ) {
    const end = text.indexOf('\n', start);
    if (end === -1) break;
    lines.push(text.subarray(start, end));
    start = end + 1;
  }
  return lines;
}
