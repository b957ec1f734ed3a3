/** Runs steps one after the other, in the order of the calls. A step that fails does not stop the next one. */
export type InTurn = <T>(step: () => Promise<T>) => Promise<T>;

export function createTurns(): InTurn {
  let last: Promise<unknown> = Promise.resolve();
  return (step) => {
    const done = last.then(step);
    last = done.catch(() => undefined);
    return done;
  };
}
