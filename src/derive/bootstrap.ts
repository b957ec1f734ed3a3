import type { SeededRandom } from './seeded-random.ts';

/**
 * Draws a new sample of `items` in blocks of neighbours. Neighbouring steps of time depend on each other; drawing
 * single steps would make every interval too narrow. The end is followed by the beginning.
 */
export function resample<T>(items: readonly T[], random: SeededRandom): readonly T[] {
  const length = items.length;
  const block = blockLength(length);
  const drawn: T[] = [];
  while (drawn.length < length) {
    const start = random.between(0, length - 1);
    for (let i = 0; i < block && drawn.length < length; i++) {
      const item = items[(start + i) % length];
      if (item !== undefined) drawn.push(item);
    }
  }
  return drawn;
}

function blockLength(length: number): number {
  return Math.max(1, Math.round(Math.sqrt(length)));
}

/** The interval that holds the middle `share` of the values. */
export function middleInterval(
  values: readonly number[],
  share: number,
): readonly [number, number] | undefined {
  if (values.length === 0) return undefined;
  const sorted = [...values].sort((a, b) => a - b);
  const tail = (1 - share) / 2;
  const at = (position: number): number =>
    sorted[Math.min(sorted.length - 1, Math.max(0, Math.round(position)))] ?? Number.NaN;
  return [at(tail * (sorted.length - 1)), at((1 - tail) * (sorted.length - 1))];
}

/** The value that a normal distribution exceeds with a probability of 0.5 %: the end of its 99 % interval. */
const normalEnd = 2.576;

/**
 * The factor by which a 99 % interval from this number of items is widened. Few blocks make intervals too narrow. The
 * factor is the ratio of Student's t to the normal distribution, with t from the first terms of its expansion.
 */
export function widening(length: number): number {
  const freedom = Math.max(1, length / blockLength(length) - 1);
  const [z, z3, z5] = [normalEnd, normalEnd ** 3, normalEnd ** 5];
  const t = z + (z3 + z) / (4 * freedom) + (5 * z5 + 16 * z3 + 3 * z) / (96 * freedom ** 2);
  return t / z;
}
