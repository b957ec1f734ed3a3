import type { Socket } from 'node:net';
import { parseKeepAlive } from '../parse/connection-headers.ts';
import {
  createResponseReader,
  type ReaderState,
  type ResponseReader,
  saysPersistent,
} from '../parse/http-response.ts';
import { printable } from '../parse/printable.ts';
import { present } from '../present.ts';
import type {
  Answer,
  ConnectionEnd,
  Exchange,
  ExchangeOutcome,
  LateRequest,
} from '../snapshot/keepalive-facts.ts';
import { type Changes, createChanges } from './await-change.ts';

export interface Http1Options {
  readonly socket: Socket;
  /** The complete head of each request. */
  readonly request: string;
  readonly timeoutSeconds: number;
  readonly signal: AbortSignal;
  readonly clock: () => number;
}

/** One connection for requests one after the other. Records who ended it, and how. */
export interface Http1Connection {
  readonly exchanges: readonly Exchange[];
  end(): ConnectionEnd | undefined;
  request(): Promise<Exchange>;
  /** Waits until the server ends the connection, or the time is over. */
  idle(seconds: number): Promise<void>;
  /** Sends one more request after the server's FIN, like a client that has not received the FIN yet. */
  requestAfterEnd(): Promise<void>;
  close(): void;
}

/** After its FIN Apache reads for two more seconds and discards what it receives. nginx answers with a reset. */
const lateNudges = 4;
const lateNudgeSeconds = 0.1;

interface Wire {
  reader: ResponseReader | undefined;
  state: ReaderState;
  firstByteAt?: number;
  stateAt: number;
  /** Bytes that arrived without a request. */
  unasked: number;
  end?: { at: number; how: 'fin' | 'reset' };
  broken: boolean;
}

export function createHttp1Connection(options: Http1Options): Http1Connection {
  const { socket, clock, signal } = options;
  const changes = createChanges(signal);
  const wire = watchWire(socket, changes, clock);
  const exchanges: Exchange[] = [];
  let late: LateRequest | undefined;

  const send = async (milliseconds: number): Promise<void> => {
    wire.reader = createResponseReader();
    wire.state = { kind: 'reading' };
    delete wire.firstByteAt;
    socket.write(options.request, 'latin1');
    await changes.until(() => wire.state.kind !== 'reading' || isOver(wire), milliseconds);
    wire.reader = undefined;
  };

  return {
    exchanges,
    end: () =>
      wire.end && {
        ...wire.end,
        unasked: wire.unasked,
        ...present({ lateRequest: late }),
      },
    async request() {
      const sentAt = clock();
      await send(options.timeoutSeconds * 1000);
      const { firstByteAt } = wire;
      const outcome = outcomeOf(wire, signal);
      const endedAt = outcome.kind === 'answered' ? wire.stateAt : clock();
      const exchange = { sentAt, endedAt, outcome, ...present({ firstByteAt }) };
      exchanges.push(exchange);
      return exchange;
    },
    idle: (seconds) => changes.until(() => wire.end !== undefined, seconds * 1000),
    async requestAfterEnd() {
      if (wire.end?.how !== 'fin' || wire.broken) return;
      socket.write(options.request, 'latin1');
      // Node.js stops reading after a FIN. Only another write shows that the server has answered with a reset.
      for (let nudge = 0; nudge < lateNudges && !wire.broken; nudge += 1) {
        await changes.until(() => wire.broken, lateNudgeSeconds * 1000);
        if (!wire.broken) socket.write('\r\n');
      }
      late = wire.broken ? 'reset' : 'ignored';
    },
    close: () => socket.destroy(),
  };
}

function isOver({ end, broken }: Wire): boolean {
  return end !== undefined || broken;
}

function watchWire(socket: Socket, changes: Changes, clock: () => number): Wire {
  const wire: Wire = {
    reader: undefined,
    state: { kind: 'reading' },
    stateAt: clock(),
    unasked: 0,
    broken: false,
  };
  const take = (read: (reader: ResponseReader) => ReaderState): void => {
    if (wire.reader === undefined || wire.state.kind !== 'reading') return;
    wire.state = read(wire.reader);
    wire.stateAt = clock();
  };
  socket.setEncoding('latin1');
  socket.on('data', (text: string) => {
    if (wire.reader === undefined) wire.unasked += text.length;
    else wire.firstByteAt ??= clock();
    take((reader) => reader.push(text));
    // A server must not send without end when no request is open.
    if (wire.unasked > 65_536) socket.destroy();
    changes.notify();
  });
  socket.on('end', () => {
    take((reader) => reader.finish());
    wire.end ??= { at: clock(), how: 'fin' };
    changes.notify();
  });
  socket.on('error', () => {
    wire.broken = true;
    wire.end ??= { at: clock(), how: 'reset' };
    changes.notify();
  });
  socket.on('close', () => {
    wire.broken = true;
    changes.notify();
  });
  return wire;
}

function outcomeOf({ state, end, broken }: Wire, signal: AbortSignal): ExchangeOutcome {
  if (state.kind === 'whole') return answerOf(state);
  if (state.kind === 'broken') return { kind: 'not_http', detail: state.detail };
  if (state.kind === 'too_large') return { kind: 'too_large', detail: state.detail };
  if (end !== undefined) return { kind: end.how === 'reset' || broken ? 'reset' : 'closed' };
  return { kind: signal.aborted ? 'stopped' : 'timeout' };
}

function answerOf({ head, surplus }: Extract<ReaderState, { kind: 'whole' }>): ExchangeOutcome {
  if (surplus > 0) return { kind: 'not_http', detail: 'bytes follow the end of the answer' };
  const connection = head.headers.get('connection');
  const promise = parseKeepAlive(head.headers.get('keep-alive'));
  const answer: Answer = {
    kind: 'answered',
    status: head.status,
    persists: saysPersistent(head),
    ...present({ connection: connection && printable(connection), promise }),
  };
  return answer;
}
