import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** The place of one request among those that are answered at the same time. */
export interface Place {
  /** Aborted when the client closes the connection before the answer. */
  readonly signal: AbortSignal;
  /** Call it when the answer is ready. A client that closes the connection releases its place earlier. */
  release(): void;
}

/**
 * Limits how many requests are answered at the same time; undefined when no place is free, or when the connection has
 * one already: a client that sends requests without waiting must not take the places of all others.
 */
export type TakePlace = (response: ServerResponse) => Place | undefined;

export function createPlaces(maximum: number): TakePlace {
  let taken = 0;
  const holders = new WeakSet<Socket>();
  return (response) => {
    // Of pipelined requests only the first response has the socket yet.
    const { socket } = response.req;
    if (taken >= maximum || holders.has(socket)) return undefined;
    taken += 1;
    holders.add(socket);
    const gone = new AbortController();
    let held = true;
    const release = (): void => {
      if (held) {
        taken -= 1;
        holders.delete(socket);
      }
      held = false;
      response.off('close', leave);
    };
    const leave = (): void => {
      release();
      gone.abort();
    };
    response.once('close', leave);
    return { signal: gone.signal, release };
  };
}
