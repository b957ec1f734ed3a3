/**
 * The probability that a visitor must wait: Erlang's formula C for visitors who arrive at random (Poisson), hold a
 * slot for any time, and queue while all are taken.
 *
 * @param offeredLoad arrivals per second x seconds that each holds a slot: the mean number of slots in use
 * @returns 1 when the load fills every slot, since the queue then grows without end
 */
export function erlangC(servers: number, offeredLoad: number): number {
  if (offeredLoad <= 0) return 0;
  if (offeredLoad >= servers) return 1;
  let blocking = 1;
  for (let n = 1; n <= servers; n++) blocking = nextBlocking(blocking, n, offeredLoad);
  return waitingFrom(blocking, servers, offeredLoad);
}

/**
 * Erlang's formula B for n servers from that for n - 1. Every step stays within 0 to 1, so thousands of servers
 * neither overflow nor lose digits, as sums of powers over factorials do.
 */
export function nextBlocking(blocking: number, n: number, offeredLoad: number): number {
  return (offeredLoad * blocking) / (n + offeredLoad * blocking);
}

/** Formula C from formula B; only below full load. */
export function waitingFrom(blocking: number, servers: number, offeredLoad: number): number {
  const use = offeredLoad / servers;
  return blocking / (1 - use * (1 - blocking));
}
