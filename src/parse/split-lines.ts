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
  let carry: Buffer[] = [];
  let carried = 0;
  /** Bytes of the current line beyond the limit, which are not stored. */
  let dropped = 0;
  let tooLong = 0;

  const endCarried = (rest: Buffer, consume: LineConsumer): void => {
    if (dropped > 0 || carried + rest.length > limit) tooLong += 1;
    else {
      const line = Buffer.concat([...carry, rest]);
      consume(line, 0, line.length);
    }
    carry = [];
    carried = 0;
    dropped = 0;
  };

  const keep = (rest: Buffer): void => {
    if (dropped > 0 || carried + rest.length > limit) {
      dropped += carried + rest.length;
      carry = [];
      carried = 0;
      return;
    }
    carry.push(Buffer.from(rest));
    carried += rest.length;
  };

  /** Where a line begins at or after `start`. A writer that continues after a truncation leaves NUL bytes before it. */
  const skipHole = (chunk: Buffer, start: number): number => {
    let at = start;
    if (carried === 0 && dropped === 0) while (chunk[at] === 0) at++;
    return at;
  };

  return {
    push(chunk, consume) {
      let start = skipHole(chunk, 0);
      for (;;) {
        const end = chunk.indexOf(newline, start);
        if (end === -1) break;
        if (carried > 0 || dropped > 0) endCarried(chunk.subarray(start, end), consume);
        else if (end - start > limit) tooLong += 1;
        else consume(chunk, start, end);
        start = skipHole(chunk, end + 1);
      }
      if (start < chunk.length) keep(chunk.subarray(start));
    },
    pending: () => carried + dropped,
    tooLong: () => tooLong,
  };
}
