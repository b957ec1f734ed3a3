/** The generator of the comparison's bootstrap: one seed, the same numbers everywhere. */
export { createRandom, type SeededRandom } from '../src/derive/seeded-random.ts';
