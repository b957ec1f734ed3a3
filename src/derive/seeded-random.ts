export interface SeededRandom {
  /** From 0 to 1, without 1. */
  next(): number;
  /** A whole number, both ends included. */
  between(lowest: number, highest: number): number;
  pick<T>(choices: readonly [T, ...T[]]): T;
}

/**
 * A multiplicative congruential generator (Park and Miller's minimal standard): the same seed produces the same
 * numbers.
 */
export function createRandom(seed: number): SeededRandom {
  const modulus = 2_147_483_647;
  let state = (Math.abs(Math.trunc(seed)) % (modulus - 1)) + 1;
  const next = (): number => {
    state = (state * 48_271) % modulus;
    return (state - 1) / (modulus - 1);
  };
  // Neighbouring seeds have neighbouring first numbers.
  for (let i = 0; i < 3; i++) next();
  return {
    next,
    between: (lowest, highest) => lowest + Math.floor(next() * (highest - lowest + 1)),
    pick: (choices) => choices[Math.floor(next() * choices.length)] ?? choices[0],
  };
}
