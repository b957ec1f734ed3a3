import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

/** bcrypt as CommonJS text, for a thread of its own. tools/bundle/ puts the text itself in place of this file. */
export function readBcryptSource(): string {
  return readFileSync(createRequire(import.meta.url).resolve('bcryptjs'), 'utf8');
}
