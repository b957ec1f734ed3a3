/**
 * Erlang C: the probability that a visitor finds all slots in use and waits, when visitors arrive at random (Poisson)
 * and wait in one queue. The load is in erlangs: arrivals per second times seconds a slot is held, which is also the
 * mean number of slots in use. Visitors never give up in this model, so with a load of all slots or more everybody
 * waits.
 */
export function waitProbability(slots: number, load: number): number {
  if (load <= 0) return 0;
  if (slots <= load) return 1;
  const blocked = blockedShare(slots, load);
  return blocked / (1 - (load / slots) * (1 - blocked));
}

/**
 * Erlang B by its recursion: every term stays between 0 and 1, so a million slots neither overflow nor lose precision.
 */
function blockedShare(slots: number, load: number): number {
  let blocked = 1;
  for (let n = 1; n <= slots; n++) blocked = (load * blocked) / (n + load * blocked);
  return blocked;
}

/** The fewest slots with which at most this share of visitors waits. The share must be above 0. */
export function slotsForLoad(load: number, highestWait: number): number {
  if (load <= 0) return 0;
  let blocked = 1;
  for (let slots = 1; ; slots++) {
    blocked = (load * blocked) / (slots + load * blocked);
    const waiting = slots <= load ? 1 : blocked / (1 - (load / slots) * (1 - blocked));
    if (waiting <= highestWait) return slots;
  }
}

/** The largest load, in erlangs, with which at most this share of visitors waits. */
export function loadForSlots(slots: number, highestWait: number): number {
  let fits = 0;
  let tooMuch = slots;
  // Each step halves the interval; after 60 steps it is below the precision of a double.
  for (let step = 0; step < 60; step++) {
    const load = (fits + tooMuch) / 2;
    if (waitProbability(slots, load) <= highestWait) fits = load;
    else tooMuch = load;
  }
  return fits;
}
