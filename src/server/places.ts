import type { ServerResponse } from 'node:http';

/** A request that was let in. */
export interface Place {
  /** Aborted when the client is gone: nobody reads the answer any more. */
  readonly signal: AbortSignal;
  /** To be called when the answer is ready; a client that goes away gives its place back sooner. */
  release(): void;
}

/** Limits how many requests are answered at once; undefined when there is no place. */
export type TakePlace = (response: ServerResponse) => Place | undefined;

export function createPlaces(most: number): TakePlace {
  let taken = 0;
  return (response) => {
    if (taken >= most) return undefined;
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
