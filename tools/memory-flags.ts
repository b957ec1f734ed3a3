import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The flags of Node.js with which the image runs: what is measured is what is shipped. */
export function readMemoryFlags(repository: string): readonly string[] {
  const dockerfile = readFileSync(join(repository, 'deploy/docker/Dockerfile'), 'utf8');
  const entry: unknown = JSON.parse(/^ENTRYPOINT (\[.*\])$/m.exec(dockerfile)?.[1] ?? '[]');
  return Array.isArray(entry) ? entry.map(String).filter((word) => word.startsWith('--')) : [];
}
