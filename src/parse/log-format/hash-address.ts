/** Two random 32-bit numbers, chosen once in a process: hashes of different processes cannot be compared. */
export type HashKey = readonly [number, number];

/**
 * The address of a client as a 52-bit number, which a double can hold. Addresses are not stored; without the key the
 * number reveals nothing. Two clients share a number in fewer than one of 10^10 pairs.
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

/** The last step of MurmurHash3: each input bit affects each output bit. */
function mix(value: number): number {
  let mixed = value;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}
