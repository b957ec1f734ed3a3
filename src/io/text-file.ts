import type { FileHandle } from 'node:fs/promises';
import { createLineSplitter, type LineConsumer } from '../parse/split-lines.ts';
import { readTimes } from './copy-evidence.ts';
import { isBeginningOf, type MarkedFile } from './file-mark.ts';
import {
  buildPlace,
  type FilePlace,
  lastBytes,
  maximumHeadBytes,
  maximumMarkerBytes,
  readPlace,
} from './file-place.ts';
import type { LogFile } from './log-file.ts';
import { openRegular, readAt } from './open-regular.ts';
import { createReadingPace } from './reading-pace.ts';

const chunkBytes = 512 * 1024;

/** All files share these reading buffers. */
let idleBuffers: Buffer[] = [];

interface Chunk {
  readonly buffer: Buffer;
  readonly length: number;
}

export async function openTextFile(path: string, offset: number): Promise<LogFile> {
  const handle = await openRegular(path);
  try {
    const { dev, ino } = await handle.stat();
    const head = await readAt(handle, 0, Math.min(maximumHeadBytes, offset));
    const marker = await readAt(handle, Math.max(0, offset - maximumMarkerBytes), offset);
    return new TextFile({ handle, dev, ino, position: offset, head, marker });
  } catch (error) {
    // A broken disk is tried again at each poll, and would take a descriptor each time.
    await handle.close();
    throw error;
  }
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

/** A text file. It stays open when it is renamed or deleted. */
class TextFile implements LogFile {
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
