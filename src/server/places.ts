import type { ServerResponse } from 'node:http';

/** The place of one request among those that are answered at the same time. */
export interface Place {
  /** Aborted when the client closes the connection before the answer. */
  readonly signal: AbortSignal;
  /** Call it when the answer is ready. A client that closes the connection releases its place earlier. */
  release(): void;
}

/** Limits how many requests are answered at the same time; undefined when no place is free. */
export type TakePlace = (response: ServerResponse) => Place | undefined;

export function createPlaces(maximum: number): TakePlace {
  let taken = 0;
  return (response) => {
    if (taken >= maximum) return undefined;
    taken += 1;
    const gone = new AbortController();
    let held = true;
    const release = (): void => {
      if (held) taken -= 1;
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
