import { hasToken } from './connection-headers.ts';

/** Reads one HTTP/1 response incrementally. The body is counted, not stored. */
export interface ResponseReader {
  /** @param text bytes decoded as latin1 */
  push(text: string): ReaderState;
  /** The connection has ended, which ends a body without a length. */
  finish(): ReaderState;
}

export type ReaderState =
  | { readonly kind: 'reading' }
  | { readonly kind: 'whole'; readonly head: ResponseHead; readonly surplus: number }
  | { readonly kind: 'broken' | 'too_large'; readonly detail: string };

export interface ResponseHead {
  readonly version: '1.0' | '1.1';
  readonly status: number;
  /** Lower-case names; repeated headers joined with a comma. */
  readonly headers: ReadonlyMap<string, string>;
  /** Whether only the end of the connection ends the body. */
  readonly endsWithConnection: boolean;
}

const longestHead = 65_536;
const longestBody = 1024 * 1024;
const longestChunkLine = 1024;

type Framing =
  | { readonly kind: 'length'; readonly left: number }
  | { readonly kind: 'chunk_line' | 'trailer' | 'connection' }
  | { readonly kind: 'chunk'; readonly left: number };

const reading: ReaderState = { kind: 'reading' };

export function createResponseReader(): ResponseReader {
  return new Reader();
}

class Reader implements ResponseReader {
  /** Received but not read yet. */
  #pending = '';
  #searched = 0;
  #head: ResponseHead | undefined;
  #framing: Framing = { kind: 'connection' };
  #bodyBytes = 0;

  push(text: string): ReaderState {
    this.#pending += text;
    for (;;) {
      const state = this.#step();
      if (state !== undefined) return state;
    }
  }

  finish(): ReaderState {
    if (this.#head === undefined || this.#framing.kind !== 'connection') return reading;
    return { kind: 'whole', head: this.#head, surplus: 0 };
  }

  /** Consumes the complete parts of the pending text; undefined when it should be called again. */
  #step(): ReaderState | undefined {
    if (this.#head === undefined) return this.#readHead();
    if (this.#bodyBytes > longestBody) {
      return { kind: 'too_large', detail: 'the body is larger than 1 MiB' };
    }
    switch (this.#framing.kind) {
      case 'length':
        return this.#readLength(this.#framing.left, this.#head);
      case 'chunk':
        return this.#readChunk(this.#framing.left);
      case 'connection':
        this.#countBody(this.#pending.length);
        return this.#bodyBytes > longestBody ? undefined : reading;
      default:
        return this.#readLine(this.#framing.kind, this.#head);
    }
  }

  #countBody(length: number): void {
    this.#bodyBytes += length;
    this.#pending = this.#pending.slice(length);
  }

  #readHead(): ReaderState | undefined {
    const end = /\r?\n\r?\n/g;
    end.lastIndex = Math.max(0, this.#searched - 3);
    const found = end.exec(this.#pending);
    this.#searched = this.#pending.length;
    if (!looksLikeHttp(this.#pending)) return broken('the answer does not begin with "HTTP/1."');
    if (found === null) {
      const tooLong = this.#pending.length > longestHead;
      return tooLong ? broken('the header is larger than 64 KiB') : reading;
    }
    const parsed = parseHead(this.#pending.slice(0, found.index));
    this.#pending = this.#pending.slice(end.lastIndex);
    this.#searched = 0;
    if (parsed === undefined) return broken('the header of the answer is malformed');
    // 100 Continue and 103 Early Hints come before the answer.
    if (parsed.head.status < 200) return undefined;
    this.#head = parsed.head;
    this.#framing = parsed.framing;
    return undefined;
  }

  #readLength(left: number, head: ResponseHead): ReaderState | undefined {
    const { length } = this.#pending;
    if (length >= left) return { kind: 'whole', head, surplus: length - left };
    this.#framing = { kind: 'length', left: left - length };
    this.#countBody(length);
    return this.#bodyBytes > longestBody ? undefined : reading;
  }

  #readChunk(left: number): ReaderState | undefined {
    const taken = Math.min(left, this.#pending.length);
    this.#countBody(taken);
    this.#framing = left === taken ? { kind: 'chunk_line' } : { kind: 'chunk', left: left - taken };
    return left === taken || this.#bodyBytes > longestBody ? undefined : reading;
  }

  #readLine(kind: 'chunk_line' | 'trailer', head: ResponseHead): ReaderState | undefined {
    const end = this.#pending.indexOf('\n');
    if (end === -1) {
      return this.#pending.length > longestChunkLine ? broken('a chunk is malformed') : reading;
    }
    const line = this.#pending.slice(0, end).trim();
    this.#pending = this.#pending.slice(end + 1);
    if (kind === 'trailer') {
      return line === '' ? { kind: 'whole', head, surplus: this.#pending.length } : undefined;
    }
    // The line end after the data of the previous chunk.
    if (line === '') return undefined;
    const size = /^([0-9a-fA-F]{1,8})(?:\s*;.*)?$/.exec(line)?.[1];
    if (size === undefined) return broken('a chunk is malformed');
    const left = Number.parseInt(size, 16);
    // The line end after the data is read as an empty line.
    this.#framing = left === 0 ? { kind: 'trailer' } : { kind: 'chunk', left };
    return undefined;
  }
}

function broken(detail: string): ReaderState {
  return { kind: 'broken', detail };
}

function looksLikeHttp(text: string): boolean {
  const start = 'HTTP/1.';
  return text.startsWith(start.slice(0, Math.min(text.length, start.length)));
}

function parseHead(text: string): { head: ResponseHead; framing: Framing } | undefined {
  const [statusLine = '', ...lines] = text.split(/\r?\n/);
  const [, minor, code] = /^HTTP\/1\.([01]) (\d{3})(?: .*)?$/.exec(statusLine) ?? [];
  const headers = parseHeaders(lines);
  if (minor === undefined || code === undefined || headers === undefined) return undefined;
  const status = Number(code);
  const framing = framingOf(status, headers);
  if (framing === undefined) return undefined;
  const version = minor === '1' ? '1.1' : '1.0';
  const endsWithConnection = framing.kind === 'connection';
  return { head: { version, status, headers, endsWithConnection }, framing };
}

function parseHeaders(lines: readonly string[]): ReadonlyMap<string, string> | undefined {
  const headers = new Map<string, string>();
  for (const line of lines) {
    const colon = line.indexOf(':');
    if (colon < 1) return undefined;
    const name = line.slice(0, colon).toLowerCase();
    const before = headers.get(name);
    const value = line.slice(colon + 1).trim();
    headers.set(name, before === undefined ? value : `${before}, ${value}`);
  }
  return headers;
}

/** RFC 9112, section 6.3, for the answer to a GET. */
function framingOf(status: number, headers: ReadonlyMap<string, string>): Framing | undefined {
  if (status < 200 || status === 204 || status === 304) return { kind: 'length', left: 0 };
  const coding = headers.get('transfer-encoding');
  if (coding !== undefined) {
    return { kind: /(?:^|,)\s*chunked$/i.test(coding) ? 'chunk_line' : 'connection' };
  }
  const length = headers.get('content-length');
  if (length === undefined) return { kind: 'connection' };
  // A repeated length must have the same value.
  const [first = '', ...others] = length.split(',').map((part) => part.trim());
  if (!/^\d{1,15}$/.test(first) || others.some((other) => other !== first)) return undefined;
  return { kind: 'length', left: Number(first) };
}

/** Whether a connection stays open after an answer, according to its header (RFC 9112, section 9.3). */
export function saysPersistent({ version, headers, endsWithConnection }: ResponseHead): boolean {
  const connection = headers.get('connection');
  if (endsWithConnection || hasToken(connection, 'close')) return false;
  return version === '1.1' || hasToken(connection, 'keep-alive');
}
