import { randomBytes } from 'node:crypto';
import type { HashKey } from '../parse/log-format/hash-address.ts';

/** A random key for this process. Hashes of different processes cannot be compared. */
export function createAddressKey(): HashKey {
  const bytes = randomBytes(8);
  return [bytes.readUInt32LE(0), bytes.readUInt32LE(4)];
}
