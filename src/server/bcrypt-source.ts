import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

/** bcrypt as CommonJS text, for a separate thread. tools/bundle/ replaces this file by the text itself. */
export function readBcryptSource(): string {
  return readFileSync(createRequire(import.meta.url).resolve('bcryptjs'), 'utf8');
}
