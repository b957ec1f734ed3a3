import { readFileSync } from 'node:fs';
import { join } from 'node:path';

function readDockerfile(repository: string): string {
  return readFileSync(join(repository, 'deploy/docker/Dockerfile'), 'utf8');
}

/** The flags of Node.js with which the image runs: what is measured is what is shipped. */
export function readMemoryFlags(repository: string): readonly string[] {
  const entry: unknown = JSON.parse(
    /^ENTRYPOINT (\[.*\])$/m.exec(readDockerfile(repository))?.[1] ?? '[]',
  );
  return Array.isArray(entry) ? entry.map(String).filter((word) => word.startsWith('--')) : [];
}

/** Its settings of glibc's malloc: fewer arenas, and free memory goes back to the kernel sooner. */
export function readMallocSettings(repository: string): Readonly<Record<string, string>> {
  const settings = readDockerfile(repository).matchAll(/\b(MALLOC_\w+)=(\d+)/g);
  return Object.fromEntries([...settings].map(([, name = '', value = '']) => [name, value]));
}
