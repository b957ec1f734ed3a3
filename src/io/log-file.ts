import type { FileHandle } from 'node:fs/promises';
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
import { createReadingPace } from './reading-pace.ts';

const chunkBytes = 512 * 1024;

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
  /** Whether no name leads to it any more: only who has it open can write to it. */
  isDeleted(): Promise<boolean>;
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
  const head = await readAt(handle, 0, Math.min(longestHead, offset));
  const marker = await readAt(handle, Math.max(0, offset - longestMarker), offset);
  return new OpenLogFile({ handle, dev, ino, position: offset, head, marker });
}

interface Opened {
  readonly handle: FileHandle;
  readonly dev: number;
  readonly ino: number;
  readonly position: number;
  /** What stood at the beginning and before the position when it was read: compared with what stands there now. */
  readonly head: Buffer;
  readonly marker: Buffer;
}

class OpenLogFile implements LogFile {
  readonly dev: number;
  readonly ino: number;
  readonly #handle: FileHandle;
  readonly #pace = createReadingPace();
  #splitter = createLineSplitter();
  /** Of the splitters before. */
  #tooLong = 0;
  #position: number;
  #head: Buffer;
  #marker: Buffer;

  constructor({ handle, dev, ino, position, head, marker }: Opened) {
    this.#handle = handle;
    this.dev = dev;
    this.ino = ino;
    this.#position = position;
    this.#head = head;
    this.#marker = marker;
  }

  /** While a chunk is being parsed the kernel copies the next one. */
  async read(consume: LineConsumer, chunks: number): Promise<number> {
    const start = this.#position;
    let next: Promise<Chunk> | undefined = this.#readChunk(start);
    for (let left = chunks - 1; next !== undefined; left--) {
      const chunk: Chunk = await next;
      const isLast = left === 0 || chunk.length < chunk.buffer.length;
      next = isLast ? undefined : this.#readChunk(this.#position + chunk.length);
      // Awaited later: until then a failure is not unhandled.
      next?.catch(() => undefined);
      await this.#consumeChunk(chunk, consume);
    }
    return this.#position - start;
  }

  async #readChunk(at: number): Promise<Chunk> {
    const buffer = idleBuffers.pop() ?? Buffer.allocUnsafeSlow(chunkBytes);
    const { bytesRead } = await this.#handle.read(buffer, 0, buffer.length, at);
    return { buffer, length: bytesRead };
  }

  async #consumeChunk({ buffer, length }: Chunk, consume: LineConsumer): Promise<void> {
    for (let start = 0; start < length; ) {
      this.#pace.begin();
      const slice = buffer.subarray(start, Math.min(start + this.#pace.sliceBytes(), length));
      this.#splitter.push(slice, consume);
      start += slice.length;
      this.#advance(slice);
      await this.#pace.end();
    }
    idleBuffers = [buffer, ...idleBuffers].slice(0, 4);
  }

  #advance(slice: Buffer): void {
    this.#position += slice.length;
    this.#marker = lastBytes(this.#marker, slice);
    if (this.#head.length < longestHead) {
      this.#head = Buffer.concat([this.#head, slice.subarray(0, longestHead - this.#head.length)]);
    }
  }

  async isIntact(): Promise<boolean> {
    const { size } = await this.#handle.stat();
    if (size < this.#position) return false;
    const now = await readAt(this.#handle, this.#position - this.#marker.length, this.#position);
    return Buffer.compare(now, this.#marker) === 0;
  }

  restart(): void {
    this.#tooLong += this.#splitter.tooLong();
    this.#splitter = createLineSplitter();
    this.#position = 0;
    this.#head = Buffer.alloc(0);
    this.#marker = Buffer.alloc(0);
  }

  async place(): Promise<FilePlace> {
    const { dev, ino } = this;
    const pending = this.#splitter.pending();
    if (pending > 0) {
      return readPlace(this.#handle, { dev, ino, offset: this.#position - pending });
    }
    // Of what was read: by now the file may have been emptied.
    return buildPlace({
      dev,
      ino,
      offset: this.#position,
      head: this.#head,
      marker: this.#marker,
    });
  }

  async lag(): Promise<number> {
    const { size } = await this.#handle.stat();
    return Math.max(0, size - this.#position + this.#splitter.pending());
  }

  tooLongLines(): number {
    return this.#tooLong + this.#splitter.tooLong();
  }

  end(): undefined {
    return undefined;
  }

  async isDeleted(): Promise<boolean> {
    return (await this.#handle.stat()).nlink === 0;
  }

  async times() {
    const stats = await this.#handle.stat();
    return { size: stats.size, ...readTimes(stats) };
  }

  wasPackedTo(archive: MarkedArchive): Promise<boolean> {
    return isPackedFromOpen(archive, this.#handle);
  }

  close(): Promise<void> {
    return this.#handle.close();
  }
}
