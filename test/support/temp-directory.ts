import { rmSync } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface TempDirectory {
  readonly path: string;
  remove(): Promise<void>;
}

const existing = new Set<string>();
process.once('exit', () => {
  for (const path of existing) rmSync(path, { recursive: true, force: true });
});

/** Readable by everyone: the workers of a server started by root run as www-data. */
export async function createTempDirectory(purpose: string): Promise<TempDirectory> {
  const path = await mkdtemp(join(tmpdir(), `keepalive-${purpose}-`));
  existing.add(path);
  await chmod(path, 0o755);
  const remove = async (): Promise<void> => {
    await rm(path, { recursive: true, force: true });
    existing.delete(path);
  };
  return { path, remove };
}
