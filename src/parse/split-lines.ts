/**
 * Takes one line, `bytes[start, end)`, without its newline; the bytes are reused afterwards. It is a Buffer because its
 * indexOf is seven times as fast as that of a Uint8Array.
 */
export type LineConsumer = (bytes: Buffer, start: number, end: number) => void;

export interface LineSplitter {
  /** Passes on every line that ends within the chunk; the chunk may be reused afterwards. */
  push(chunk: Buffer, consume: LineConsumer): void;
  /** Bytes pushed that belong to an incomplete line. */
  pending(): number;
  /** Lines longer than the limit, each counted once. */
  tooLong(): number;
}

export const longestLine = 1024 * 1024;
const newline = 0x0a;

/**
 * Splits a stream of bytes into lines. A line longer than the limit is counted and skipped without being stored:
 * splitting it would count one request twice, and storing it would let a log fill the memory.
 */
export function createLineSplitter(limit = longestLine): LineSplitter {
  return new Splitter(limit);
}

class Splitter implements LineSplitter {
  readonly #limit: number;
  /** The beginning of the current line, from earlier chunks. */
  #carry: Buffer[] = [];
  #carried = 0;
  /** Bytes of the current line beyond the limit, which are not stored. */
  #dropped = 0;
  #tooLong = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  push(chunk: Buffer, consume: LineConsumer): void {
    let start = this.#skipHole(chunk, 0);
    for (;;) {
      const end = chunk.indexOf(newline, start);
      if (end === -1) break;
      if (this.pending() > 0) this.#endCarried(chunk.subarray(start, end), consume);
      else if (end - start > this.#limit) this.#tooLong += 1;
      else consume(chunk, start, end);
      start = this.#skipHole(chunk, end + 1);
    }
    if (start < chunk.length) this.#keep(chunk.subarray(start));
  }

  pending(): number {
    return this.#carried + this.#dropped;
  }

  tooLong(): number {
    return this.#tooLong;
  }

  /** Where a line begins at or after `start`. A writer that continues after a truncation leaves NUL bytes before it. */
  #skipHole(chunk: Buffer, start: number): number {
    let at = start;
    if (this.pending() === 0) while (chunk[at] === 0) at++;
    return at;
  }

  #endCarried(rest: Buffer, consume: LineConsumer): void {
    if (this.#isTooLongWith(rest)) this.#tooLong += 1;
    else {
      const line = Buffer.concat([...this.#carry, rest]);
      consume(line, 0, line.length);
    }
    this.#carry = [];
    this.#carried = 0;
    this.#dropped = 0;
  }

  #keep(rest: Buffer): void {
    if (this.#isTooLongWith(rest)) {
      this.#dropped += this.#carried + rest.length;
      this.#carry = [];
      this.#carried = 0;
      return;
    }
    this.#carry.push(Buffer.from(rest));
    this.#carried += rest.length;
  }

  #isTooLongWith(rest: Buffer): boolean {
    return this.#dropped > 0 || this.#carried + rest.length > this.#limit;
  }
}
