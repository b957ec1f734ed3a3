import { stat } from 'node:fs/promises';
import { createLineSplitter, type LineConsumer } from '../parse/split-lines.ts';
import { buildPlace, type FilePlace, lastBytes, maximumHeadBytes } from './file-place.ts';
import type { FileEnd, LogFile } from './log-file.ts';
import { ArchiveError, type Packing, type Unpacked, unpack } from './packing.ts';

/** Unpacked pieces per chunk. They take about a millisecond, then other work comes first. */
const piecesPerChunk = 8;
const newline = 0x0a;
const nothing = Buffer.alloc(0);

/** Opens an archive at a place in its unpacked content. Unlike text an archive has an end. */
export async function openPackedFile(
  path: string,
  { packing, place }: { readonly packing: Packing; readonly place: FilePlace },
): Promise<LogFile> {
  const { dev, ino, size } = await stat(path);
  return new PackedFile({ path, packing, size, place: { ...place, dev, ino } });
}

interface PackedOptions {
  readonly path: string;
  readonly packing: Packing;
  readonly place: FilePlace;
  /** Size of the archive. */
  readonly size: number;
}

class PackedFile implements LogFile {
  readonly dev: number;
  readonly ino: number;
  readonly #options: PackedOptions;
  readonly #pieces: AsyncGenerator<Unpacked>;
  readonly #splitter = createLineSplitter();
  #head: Buffer = nothing;
  /** Bytes unpacked so far, and the last of them. */
  #position = 0;
  #tail: Buffer = nothing;
  /** The end of the last whole line, and the bytes before it. */
  #committed: number;
  #marker: Buffer = nothing;
  #packedBytes = 0;
  #end: FileEnd | undefined;

  constructor(options: PackedOptions) {
    this.#options = options;
    this.dev = options.place.dev;
    this.ino = options.place.ino;
    this.#committed = options.place.offset;
    this.#pieces = unpack(options.path, options.packing);
  }

  async read(consume: LineConsumer, chunks: number): Promise<number> {
    let total = 0;
    for (let left = chunks * piecesPerChunk; left > 0 && this.#end === undefined; ) {
      const piece = await this.#next();
      if (piece === undefined) break;
      const fresh = this.#take(piece.bytes, consume);
      total += fresh;
      // Bytes before the place were read earlier. They are skipped without pauses.
      if (fresh > 0) left -= 1;
    }
    return total;
  }

  isIntact(): Promise<boolean> {
    return Promise.resolve(true);
  }

  restart(): void {
    // An archive is never truncated.
  }

  place() {
    const { dev, ino } = this;
    // Before the first line is read, head and marker may not be unpacked yet.
    if (this.#committed === this.#options.place.offset) return Promise.resolve(this.#options.place);
    const head = this.#head.subarray(0, this.#committed);
    return Promise.resolve(
      buildPlace({ dev, ino, offset: this.#committed, head, marker: this.#marker }),
    );
  }

  lag(): Promise<number> {
    return Promise.resolve(
      this.#end === undefined ? Math.max(0, this.#options.size - this.#packedBytes) : 0,
    );
  }

  tooLongLines(): number {
    return this.#splitter.tooLong();
  }

  end(): FileEnd | undefined {
    return this.#end;
  }

  isDeleted(): Promise<boolean> {
    return Promise.resolve(false);
  }

  times(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  isSourceOf(): Promise<boolean> {
    return Promise.resolve(false);
  }

  async close(): Promise<void> {
    await this.#pieces.return(undefined);
  }

  async #next(): Promise<Unpacked | undefined> {
    try {
      const { done, value } = await this.#pieces.next();
      if (done === true) this.#end = { lostBytes: 0 };
      else this.#packedBytes = value.packedBytes;
      return done === true ? undefined : value;
    } catch (error) {
      if (!(error instanceof ArchiveError)) throw error;
      const lostBytes = Math.max(1, this.#options.size - this.#packedBytes);
      this.#end = { problem: error.message, lostBytes };
      return undefined;
    }
  }

  /** @returns how many of the bytes lie after the place at which the archive was opened */
  #take(bytes: Buffer, consume: LineConsumer): number {
    if (this.#head.length < maximumHeadBytes) {
      const missing = bytes.subarray(0, maximumHeadBytes - this.#head.length);
      this.#head = Buffer.concat([this.#head, missing]);
    }
    const known = Math.min(bytes.length, Math.max(0, this.#options.place.offset - this.#position));
    const fresh = bytes.subarray(known);
    this.#splitter.push(fresh, consume);
    const lineEnd = bytes.lastIndexOf(newline) + 1;
    if (lineEnd > known) {
      this.#marker = lastBytes(this.#tail, bytes.subarray(0, lineEnd));
      this.#committed = this.#position + lineEnd;
    }
    this.#tail = lastBytes(this.#tail, bytes);
    this.#position += bytes.length;
    return fresh.length;
  }
}
