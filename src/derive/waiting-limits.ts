import { erlangC, nextBlocking, waitingFrom } from './erlang-c.ts';

/** Halvings of an interval until it is narrower than any figure that is printed. */
const halvings = 50;

/** The largest mean number of slots in use at which a smaller share of visitors than `waitRatio` has to wait. */
export function largestLoad(slots: number, waitRatio: number): number {
  let [low, high] = [0, slots];
  for (let i = 0; i < halvings; i++) {
    const middle = (low + high) / 2;
    if (erlangC(slots, middle) < waitRatio) low = middle;
    else high = middle;
  }
  return low;
}

/** The fewest slots with which a smaller share of visitors than `waitRatio` has to wait. */
export function fewestSlots(offeredLoad: number, waitRatio: number): number {
  let blocking = 1;
  for (let slots = 1; ; slots++) {
    blocking = nextBlocking(blocking, slots, offeredLoad);
    if (slots > offeredLoad && waitingFrom(blocking, slots, offeredLoad) < waitRatio) return slots;
  }
}
