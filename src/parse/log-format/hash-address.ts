/** Two random numbers of 32 bits, drawn once in a process: hashes of another process cannot be compared with ours. */
export type HashKey = readonly [number, number];

/**
 * A client's address as a number of 52 bits, which fits a double. Addresses are kept nowhere: with the key unknown the
 * number tells nothing, and two clients share one in fewer than one of 10^10 pairs.
 */
export function hashAddress(bytes: Uint8Array, start: number, end: number, key: HashKey): number {
  let low = key[0] | 0;
  let high = key[1] | 0;
  for (let at = start; at < end; at++) {
    const byte = bytes[at] as number;
    low = Math.imul(low ^ byte, 0x01000193);
    high = Math.imul(high ^ byte, 0x5bd1e995);
    high ^= high >>> 15;
  }
  return (mix(high ^ low) >>> 12) * 0x1_0000_0000 + (mix(low ^ key[1]) >>> 0);
}

/** The last step of MurmurHash3: each bit in decides about each bit out. */
function mix(value: number): number {
  let mixed = value;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}
