/**
 * Erlang C: the probability that a visitor finds all slots taken and waits, when visitors come at random (Poisson) and
 * wait in one queue. The load is in erlangs: arrivals per second times seconds a slot is held, which is also the mean
 * number of slots held. Nobody gives up waiting in this model, so a load of all slots or more means that all wait.
 */
export function waitProbability(slots: number, load: number): number {
  if (load <= 0) return 0;
  if (slots <= load) return 1;
  const blocked = blockedShare(slots, load);
  return blocked / (1 - (load / slots) * (1 - blocked));
}

/** Erlang B by its recursion: every term stays within 0 and 1, so a million slots neither overflow nor lose digits. */
function blockedShare(slots: number, load: number): number {
  let blocked = 1;
  for (let n = 1; n <= slots; n++) blocked = (load * blocked) / (n + load * blocked);
  return blocked;
}

/** The fewest slots with which no larger share of visitors waits. The share must be above 0. */
export function slotsForLoad(load: number, highestWait: number): number {
  if (load <= 0) return 0;
  let blocked = 1;
  for (let slots = 1; ; slots++) {
    blocked = (load * blocked) / (slots + load * blocked);
    const waiting = slots <= load ? 1 : blocked / (1 - (load / slots) * (1 - blocked));
    if (waiting <= highestWait) return slots;
  }
}

/** The largest load, in erlangs, with which no larger share of visitors waits. */
export function loadForSlots(slots: number, highestWait: number): number {
  let fits = 0;
  let tooMuch = slots;
  // Each step halves the interval: 60 of them leave nothing that a double can tell.
  for (let step = 0; step < 60; step++) {
    const load = (fits + tooMuch) / 2;
    if (waitProbability(slots, load) <= highestWait) fits = load;
    else tooMuch = load;
  }
  return fits;
}
