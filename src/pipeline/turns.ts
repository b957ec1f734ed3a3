/** Runs steps one after the other, in the order in which they were asked for; one that fails holds up no other. */
export type InTurn = <T>(step: () => Promise<T>) => Promise<T>;

export function createTurns(): InTurn {
  let last: Promise<unknown> = Promise.resolve();
  return (step) => {
    const done = last.then(step);
    last = done.catch(() => undefined);
    return done;
  };
}
