import { readFileSync } from 'node:fs';
import { join } from 'node:path';

function readDockerfile(repository: string): string {
  return readFileSync(join(repository, 'deploy/docker/Dockerfile'), 'utf8');
}

/** The Node.js flags of the image, so that measurements use what is shipped. */
export function readMemoryFlags(repository: string): readonly string[] {
  const entry: unknown = JSON.parse(
    /^ENTRYPOINT (\[.*\])$/m.exec(readDockerfile(repository))?.[1] ?? '[]',
  );
  return Array.isArray(entry) ? entry.map(String).filter((word) => word.startsWith('--')) : [];
}

/** Its settings for malloc of glibc: fewer arenas, and free memory is returned to the kernel sooner. */
export function readMallocSettings(repository: string): Readonly<Record<string, string>> {
  const settings = readDockerfile(repository).matchAll(/\b(MALLOC_\w+)=(\d+)/g);
  return Object.fromEntries([...settings].map(([, name = '', value = '']) => [name, value]));
}
