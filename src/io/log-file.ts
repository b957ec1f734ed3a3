import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { setImmediate } from 'node:timers/promises';
import { createLineSplitter, type LineConsumer } from '../parse/split-lines.ts';
import { NotAFileError } from './explain-access.ts';

/** Where reading of a file stands, and how to recognise the file by its content. Survives as JSON. */
export interface FilePlace {
  readonly dev: number;
  readonly ino: number;
  /** Bytes of whole lines that have been handed on. */
  readonly offset: number;
  /** Hash of the first `headBytes`: a copy has the same, another file of the same number has not. */
  readonly headBytes: number;
  readonly headHash: string;
  /** Hash of the `markerBytes` before the offset: a file that was written anew and regrew has another. */
  readonly markerBytes: number;
  readonly markerHash: string;
}

const longestHead = 1024;
const longestMarker = 256;
const chunkBytes = 512 * 1024;
/** A chunk takes less than a millisecond, but many times that until the engine has compiled the parser: others come first. */
const sliceBytes = 64 * 1024;
const longestTurnMilliseconds = 4;

/** One open file that is read forward. Renaming does not concern it: the handle stays. */
export interface LogFile {
  readonly dev: number;
  readonly ino: number;
  /** Reads up to so many chunks; the number of bytes read, 0 at the present end. Others have their turn in between. */
  read(consume: LineConsumer, chunks: number): Promise<number>;
  /** Whether what was read is still there: false after a truncation, also when the file has regrown. */
  isIntact(): Promise<boolean>;
  place(): Promise<FilePlace>;
  /** Bytes not handed on yet. */
  lag(): Promise<number>;
  tooLongLines(): number;
  close(): Promise<void>;
}

/** Reading buffers are shared by all files. */
let idleBuffers: Buffer[] = [];

interface Chunk {
  readonly buffer: Buffer;
  readonly length: number;
}

export async function openLogFile(path: string, offset: number): Promise<LogFile> {
  const handle = await openRegular(path);
  const { dev, ino } = await handle.stat();
  const splitter = createLineSplitter();
  let position = offset;
  /** What stood before the position when it was read: compared with what stands there now. */
  let marker = await readAt(handle, Math.max(0, offset - longestMarker), offset);

  const readChunk = async (at: number): Promise<Chunk> => {
    const buffer = idleBuffers.pop() ?? Buffer.allocUnsafeSlow(chunkBytes);
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, at);
    return { buffer, length: bytesRead };
  };

  const hand = async ({ buffer, length }: Chunk, consume: LineConsumer): Promise<void> => {
    let turnStartedAt = performance.now();
    for (let start = 0; start < length; start += sliceBytes) {
      const slice = buffer.subarray(start, Math.min(start + sliceBytes, length));
      splitter.push(slice, consume);
      position += slice.length;
      marker = lastBytes(marker, slice);
      if (performance.now() - turnStartedAt < longestTurnMilliseconds) continue;
      await setImmediate();
      turnStartedAt = performance.now();
    }
    idleBuffers = [buffer, ...idleBuffers].slice(0, 4);
  };

  /** While a chunk is being parsed the kernel copies the next one. */
  const read = async (consume: LineConsumer, chunks: number): Promise<number> => {
    const start = position;
    let next: Promise<Chunk> | undefined = readChunk(position);
    for (let left = chunks - 1; next !== undefined; left--) {
      const chunk: Chunk = await next;
      const isLast = left === 0 || chunk.length < chunk.buffer.length;
      next = isLast ? undefined : readChunk(position + chunk.length);
      // Awaited later: until then a failure is not unhandled.
      next?.catch(() => undefined);
      await hand(chunk, consume);
    }
    return position - start;
  };

  return {
    dev,
    ino,
    read,
    async isIntact() {
      const { size } = await handle.stat();
      if (size < position) return false;
      const now = await readAt(handle, position - marker.length, position);
      return Buffer.compare(now, marker) === 0;
    },
    async place() {
      const committed = position - splitter.pending();
      const headBytes = Math.min(longestHead, committed);
      const markerBytes = Math.min(longestMarker, committed);
      return {
        dev,
        ino,
        offset: committed,
        headBytes,
        headHash: hash(await readAt(handle, 0, headBytes)),
        markerBytes,
        markerHash: hash(await readAt(handle, committed - markerBytes, committed)),
      };
    },
    async lag() {
      return Math.max(0, (await handle.stat()).size - position + splitter.pending());
    },
    tooLongLines: splitter.tooLong,
    close: () => handle.close(),
  };
}

/** Whether the file at `path` is the one a place was taken in, or a copy of it, with all that had been read. */
export async function holdsPlace(path: string, place: FilePlace): Promise<boolean> {
  const handle = await openRegular(path).catch(() => undefined);
  if (handle === undefined) return false;
  try {
    const { offset, headBytes, markerBytes } = place;
    if ((await handle.stat()).size < offset) return false;
    const head = await readAt(handle, 0, headBytes);
    const marker = await readAt(handle, offset - markerBytes, offset);
    return hash(head) === place.headHash && hash(marker) === place.markerHash;
  } finally {
    await handle.close();
  }
}

/** @throws why the file at `path` cannot be read */
export async function checkReadable(path: string): Promise<void> {
  const handle = await openRegular(path);
  await handle.close();
}

/** Where "the end" is for somebody who wants whole lines: after the last newline of the first `size` bytes. */
export async function endOfLastLine(
  path: string,
  size = Number.POSITIVE_INFINITY,
): Promise<number> {
  const handle = await openRegular(path);
  try {
    for (let end = Math.min(size, (await handle.stat()).size); end > 0; ) {
      const start = Math.max(0, end - chunkBytes);
      const newline = (await readAt(handle, start, end)).lastIndexOf(0x0a);
      if (newline !== -1) return start + newline + 1;
      end = start;
    }
    return 0;
  } finally {
    await handle.close();
  }
}

/** Without O_NONBLOCK a named pipe would be waited for, and a thread of four with it. */
async function openRegular(path: string): Promise<FileHandle> {
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

async function readAt(handle: FileHandle, start: number, end: number): Promise<Buffer> {
  const bytes = Buffer.alloc(Math.max(0, end - start));
  let at = 0;
  while (at < bytes.length) {
    const { bytesRead } = await handle.read(bytes, at, bytes.length - at, start + at);
    if (bytesRead === 0) break;
    at += bytesRead;
  }
  return bytes.subarray(0, at);
}

/** A copy: the chunk's buffer is read into again. */
function lastBytes(before: Buffer, chunk: Buffer): Buffer {
  if (chunk.length >= longestMarker) return Buffer.from(chunk.subarray(-longestMarker));
  const joined = Buffer.concat([before, chunk]);
  return joined.subarray(Math.max(0, joined.length - longestMarker));
}

function hash(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('base64url').slice(0, 22);
}
