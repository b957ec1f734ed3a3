import type { FileHandle } from 'node:fs/promises';
import { createLineSplitter, type LineConsumer } from '../parse/split-lines.ts';
import { type CopyTimes, readTimes } from './copy-evidence.ts';
import { isBeginningOf, type MarkedFile } from './file-mark.ts';
import {
  buildPlace,
  type FilePlace,
  lastBytes,
  maximumHeadBytes,
  maximumMarkerBytes,
  readPlace,
} from './file-place.ts';
import { openRegular, readAt } from './open-regular.ts';
import { createReadingPace } from './reading-pace.ts';

const chunkBytes = 512 * 1024;

/** One open file that is read forward. It stays open when it is renamed or deleted. */
export interface LogFile {
  readonly dev: number;
  readonly ino: number;
  /** Reads up to that number of chunks, with pauses for other work. Returns the bytes read, 0 at the current end. */
  read(consume: LineConsumer, chunks: number): Promise<number>;
  /** Whether the bytes that were read are still in the file. False after a truncation, even if the file grew again. */
  isIntact(): Promise<boolean>;
  /** Continues at the beginning of a file that was truncated. */
  restart(): void;
  place(): Promise<FilePlace>;
  /** Bytes that were not handed on yet. */
  lag(): Promise<number>;
  tooLongLines(): number;
  /** Defined when an archive was read to its end. Undefined for text, which may grow. */
  end(): FileEnd | undefined;
  /** Whether the file has no name any more. Only processes that have it open can still write to it. */
  isDeleted(): Promise<boolean>;
  /** Undefined for an archive. */
  times(): Promise<CopyTimes | undefined>;
  /** Whether an archive or a copy holds the beginning of this file and nothing else. */
  isSourceOf(copy: MarkedFile): Promise<boolean>;
  close(): Promise<void>;
}

export interface FileEnd {
  /** Why the rest of the archive could not be unpacked. */
  readonly problem?: string;
  /** Bytes of the archive that could not be unpacked. */
  readonly lostBytes: number;
}

/** All files share these reading buffers. */
let idleBuffers: Buffer[] = [];

interface Chunk {
  readonly buffer: Buffer;
  readonly length: number;
}

export async function openLogFile(path: string, offset: number): Promise<LogFile> {
  const handle = await openRegular(path);
  const { dev, ino } = await handle.stat();
  const head = await readAt(handle, 0, Math.min(maximumHeadBytes, offset));
  const marker = await readAt(handle, Math.max(0, offset - maximumMarkerBytes), offset);
  return new OpenLogFile({ handle, dev, ino, position: offset, head, marker });
}

interface Opened {
  readonly handle: FileHandle;
  readonly dev: number;
  readonly ino: number;
  readonly position: number;
  /** Bytes read at the beginning and before the position. They identify a copy and detect a truncation. */
  readonly head: Buffer;
  readonly marker: Buffer;
}

class OpenLogFile implements LogFile {
  readonly dev: number;
  readonly ino: number;
  readonly #handle: FileHandle;
  readonly #pace = createReadingPace();
  #splitter = createLineSplitter();
  /** Lines counted by the splitters of earlier contents. */
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

  /** The next chunk is read while the present one is parsed. */
  async read(consume: LineConsumer, chunks: number): Promise<number> {
    const start = this.#position;
    let next: Promise<Chunk> | undefined = this.#readChunk(start);
    for (let left = chunks - 1; next !== undefined; left--) {
      const chunk: Chunk = await next;
      const isLast = left === 0 || chunk.length < chunk.buffer.length;
      next = isLast ? undefined : this.#readChunk(this.#position + chunk.length);
      // A failure is handled when the promise is awaited, after the present chunk.
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
    if (this.#head.length < maximumHeadBytes) {
      this.#head = Buffer.concat([
        this.#head,
        slice.subarray(0, maximumHeadBytes - this.#head.length),
      ]);
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
    // From the bytes that were read: the file may have been truncated since.
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

  isSourceOf(copy: MarkedFile): Promise<boolean> {
    return isBeginningOf(copy, this.#handle);
  }

  close(): Promise<void> {
    return this.#handle.close();
  }
}
