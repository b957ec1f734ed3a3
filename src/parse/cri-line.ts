import { type LineConsumer, longestLine } from './split-lines.ts';

export type CriStream = 'stdout' | 'stderr';

export interface CriUnwrapper {
  /** Takes a line of the container's log. Passes on a line of the program when it is complete. */
  readonly consume: LineConsumer;
  /** The parts of an incomplete line, to continue with after a restart. */
  unfinished(): Buffer;
  /** Lines beyond the limit, each counted once. */
  tooLong(): number;
}

export interface CriOptions {
  /** Servers write access logs to stdout and error logs to stderr; one file contains both. */
  readonly stream: CriStream;
  readonly consume: LineConsumer;
  /** The incomplete line of another unwrapper. */
  readonly unfinished?: Buffer;
  readonly limit?: number;
}

const space = 0x20;
const full = 0x46;
const partial = 0x50;
const nothing = Buffer.alloc(0);
/** The streams' names differ in their fourth letter. */
const streams: ReadonlyMap<number | undefined, CriStream> = new Map([
  [0x6f, 'stdout'],
  [0x65, 'stderr'],
]);
const nameBytes = 'stdout '.length;

/**
 * Unwraps the log of one container as kubelet stores it: `2026-11-21T03:18:00.1Z stdout F text`. A long line is split
 * into parts marked `P` and a last part marked `F`. A line beyond the limit is counted and skipped.
 */
export function createCriUnwrapper(options: CriOptions): CriUnwrapper {
  const { stream, consume, limit = longestLine } = options;
  const parts = new LineParts(limit, options.unfinished ?? nothing);
  let tooLong = 0;

  const end = (bytes: Buffer, start: number, stop: number): void => {
    if (parts.isEmpty()) {
      consume(bytes, start, stop);
      return;
    }
    parts.add(bytes, start, stop);
    const whole = parts.take();
    if (whole === undefined) tooLong += 1;
    else consume(whole, 0, whole.length);
  };

  return {
    consume(bytes, start, stop) {
      const streamAt = bytes.indexOf(space, start) + 1;
      const tagAt = streamAt === 0 ? 0 : bytes.indexOf(space, streamAt) + 1;
      const textAt = tagAt === 0 ? 0 : bytes.indexOf(space, tagAt) + 1;
      const tag = bytes[tagAt];
      const name = tagAt - streamAt === nameBytes ? streams.get(bytes[streamAt + 3]) : undefined;
      const isWrapped = textAt > 0 && textAt <= stop && (tag === full || tag === partial);
      // Not in the container format: passed on unchanged, and counted there as unparsed.
      if (name === undefined || !isWrapped) consume(bytes, start, stop);
      else if (name !== stream) return;
      else if (tag === partial) parts.add(bytes, textAt, stop);
      else end(bytes, textAt, stop);
    },
    unfinished: () => parts.view(),
    tooLong: () => tooLong,
  };
}

/** One buffer that grows, so that neither empty parts nor a million small parts cost more than their bytes. */
class LineParts {
  readonly #limit: number;
  #kept: Buffer;
  #length: number;
  #hasBegun: boolean;
  #isTooLong = false;

  constructor(limit: number, unfinished: Buffer) {
    this.#limit = limit;
    this.#kept = Buffer.from(unfinished);
    this.#length = unfinished.length;
    this.#hasBegun = unfinished.length > 0;
  }

  isEmpty(): boolean {
    return !this.#hasBegun;
  }

  view(): Buffer {
    return this.#kept.subarray(0, this.#length);
  }

  add(bytes: Buffer, start: number, stop: number): void {
    this.#hasBegun = true;
    const wanted = this.#length + stop - start;
    if (this.#isTooLong || wanted > this.#limit) {
      this.#isTooLong = true;
      this.#kept = nothing;
      this.#length = 0;
      return;
    }
    if (wanted > this.#kept.length) this.#grow(wanted);
    bytes.copy(this.#kept, this.#length, start, stop);
    this.#length = wanted;
  }

  /** The whole line; undefined when it was too long. */
  take(): Buffer | undefined {
    const whole = this.#isTooLong ? undefined : this.view();
    this.#kept = nothing;
    this.#length = 0;
    this.#hasBegun = false;
    this.#isTooLong = false;
    return whole;
  }

  #grow(wanted: number): void {
    const bytes = Math.min(this.#limit, Math.max(wanted, 2 * this.#kept.length));
    const grown = Buffer.allocUnsafe(bytes);
    this.#kept.copy(grown, 0, 0, this.#length);
    this.#kept = grown;
  }
}
