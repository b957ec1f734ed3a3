import { setImmediate } from 'node:timers/promises';
import { createLineSplitter, type LineConsumer } from '../parse/split-lines.ts';
import { type CopyTimes, readTimes } from './copy-evidence.ts';
import { isPackedFromOpen, type MarkedArchive } from './file-mark.ts';
import {
  buildPlace,
  type FilePlace,
  lastBytes,
  longestHead,
  longestMarker,
  readPlace,
} from './file-place.ts';
import { openRegular, readAt } from './open-regular.ts';

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
  /** From its beginning: it was emptied. */
  restart(): void;
  place(): Promise<FilePlace>;
  /** Bytes not handed on yet. */
  lag(): Promise<number>;
  tooLongLines(): number;
  /** What no more can come of, and whether all of it was read: never for text, to which a writer may add. */
  end(): FileEnd | undefined;
  /** Undefined for an archive. */
  times(): Promise<CopyTimes | undefined>;
  /** Whether an archive or a copy holds nothing but the beginning of this file. */
  wasPackedTo(archive: MarkedArchive): Promise<boolean>;
  close(): Promise<void>;
}

export interface FileEnd {
  /** In words what could not be read, and how many bytes of the archive it is. */
  readonly problem?: string;
  readonly lostBytes: number;
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
  let splitter = createLineSplitter();
  /** Of the splitters before. */
  let tooLong = 0;
  let position = offset;
  /** What stood at the beginning and before the position when it was read: compared with what stands there now. */
  let head = await readAt(handle, 0, Math.min(longestHead, offset));
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
      if (head.length < longestHead) {
        head = Buffer.concat([head, slice.subarray(0, longestHead - head.length)]);
      }
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
    restart() {
      tooLong += splitter.tooLong();
      splitter = createLineSplitter();
      position = 0;
      head = Buffer.alloc(0);
      marker = Buffer.alloc(0);
    },
    async place() {
      const pending = splitter.pending();
      if (pending > 0) return readPlace(handle, { dev, ino, offset: position - pending });
      // Of what was read: by now the file may have been emptied.
      return buildPlace({ dev, ino, offset: position, head, marker });
    },
    async lag() {
      return Math.max(0, (await handle.stat()).size - position + splitter.pending());
    },
    tooLongLines: () => tooLong + splitter.tooLong(),
    end: () => undefined,
    async times() {
      const stats = await handle.stat();
      return { size: stats.size, ...readTimes(stats) };
    },
    wasPackedTo: (archive) => isPackedFromOpen(archive, handle),
    close: () => handle.close(),
  };
}
