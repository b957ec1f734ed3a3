import { createHash } from 'node:crypto';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { createLineSplitter, type LineConsumer } from '../parse/split-lines.ts';

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
const chunkBytes = 256 * 1024;

/** One open file that is read forward. Renaming does not concern it: the handle stays. */
export interface LogFile {
  readonly dev: number;
  readonly ino: number;
  /** Reads one chunk; the number of bytes read, 0 at the present end. */
  readChunk(consume: LineConsumer): Promise<number>;
  /** Whether what was read is still there: false after a truncation, also when the file has regrown. */
  isIntact(): Promise<boolean>;
  place(): Promise<FilePlace>;
  /** Bytes not handed on yet. */
  lag(): Promise<number>;
  tooLongLines(): number;
  close(): Promise<void>;
}

/** Reading buffers are shared: a chunk is handed on before the next one is read. */
let idleBuffers: Uint8Array[] = [];

export async function openLogFile(path: string, offset: number): Promise<LogFile> {
  const handle = await open(path, 'r');
  const { dev, ino } = await handle.stat();
  const splitter = createLineSplitter();
  let position = offset;
  /** What stood before the position when it was read: compared with what stands there now. */
  let marker = await readAt(handle, Math.max(0, offset - longestMarker), offset);

  const readChunk = async (consume: LineConsumer): Promise<number> => {
    const buffer = idleBuffers.pop() ?? new Uint8Array(chunkBytes);
    try {
      const { bytesRead } = await handle.read(buffer, 0, buffer.length, position);
      if (bytesRead === 0) return 0;
      const chunk = buffer.subarray(0, bytesRead);
      splitter.push(chunk, consume);
      position += bytesRead;
      marker = lastBytes(marker, chunk);
      return bytesRead;
    } finally {
      idleBuffers = [buffer, ...idleBuffers].slice(0, 4);
    }
  };

  return {
    dev,
    ino,
    readChunk,
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
  const handle = await open(path, 'r').catch(() => undefined);
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

/** Where "the end" is for somebody who wants whole lines: after the last newline. */
export async function endOfLastLine(path: string): Promise<number> {
  const { size } = await stat(path);
  const handle = await open(path, 'r');
  try {
    for (let end = size; end > 0; ) {
      const start = Math.max(0, end - chunkBytes);
      const newline = Buffer.from(await readAt(handle, start, end)).lastIndexOf(0x0a);
      if (newline !== -1) return start + newline + 1;
      end = start;
    }
    return 0;
  } finally {
    await handle.close();
  }
}

async function readAt(handle: FileHandle, start: number, end: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(Math.max(0, end - start));
  let at = 0;
  while (at < bytes.length) {
    const { bytesRead } = await handle.read(bytes, at, bytes.length - at, start + at);
    if (bytesRead === 0) break;
    at += bytesRead;
  }
  return bytes.subarray(0, at);
}

function lastBytes(before: Uint8Array, chunk: Uint8Array): Uint8Array {
  if (chunk.length >= longestMarker) return chunk.slice(-longestMarker);
  const joined = Buffer.concat([before, chunk]);
  return joined.subarray(Math.max(0, joined.length - longestMarker));
}

function hash(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('base64url').slice(0, 22);
}
