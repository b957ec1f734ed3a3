import { randomBytes } from 'node:crypto';
import type { HashKey } from '../parse/log-format/hash-address.ts';

/** A key of this process alone: hashes made with it can be compared with those of no other. */
export function createAddressKey(): HashKey {
  const bytes = randomBytes(8);
  return [bytes.readUInt32LE(0), bytes.readUInt32LE(4)];
}
