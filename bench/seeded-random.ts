/** The random generator of src/: the same seed produces the same numbers. */
export { createRandom, type SeededRandom } from '../src/derive/seeded-random.ts';
